export { createConnection } from "./create-connection.ts";
export { deleteConnection } from "./delete-connection.ts";
export { getConnection } from "./get-connection.ts";
export { isolateConnection, releaseConnection } from "./isolate-connection.ts";
export { listConnections } from "./list-connections.ts";
export { rotateConnection } from "./rotate-connection.ts";
export * from "./schemas.ts";
export { testConnection } from "./test-connection.ts";
export { updateConnection } from "./update-connection.ts";
