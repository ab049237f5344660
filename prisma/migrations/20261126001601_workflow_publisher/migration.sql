-- Who looks after what a workflow fails at, unless somebody else is chosen: the member who published it last. What an API token
-- published is passed over, and so is who has left or may only look.
CREATE FUNCTION workflow_publisher(p_workflow uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT u.id
  FROM (SELECT version, workspace_id, published_by FROM workflow_version WHERE workflow_id = p_workflow ORDER BY version DESC LIMIT 50) v
  JOIN auth_user u ON u.email = v.published_by
  JOIN member m ON m.workspace_id = v.workspace_id AND m.user_id = u.id AND m.role <> 'viewer'
  ORDER BY v.version DESC LIMIT 1
$$;
