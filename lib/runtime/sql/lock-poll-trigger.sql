-- Holds the trigger as it was when the poll began: not switched off, and of the same version. No row: it is not.
SELECT FROM workflow_trigger WHERE id = $1 AND document_id = $2 AND enabled FOR SHARE
