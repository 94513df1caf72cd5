-- +goose Up

-- What an action was called last, for choosing a message in a condition.
alter table campaign_actions add column title text not null default '';
update campaign_actions set title = coalesce((
	select c.draft ->> (t.path || '.name')
	from campaigns c, json_tree(c.draft, '$.actions') t
	where c.workspace_id = campaign_actions.workspace_id and c.campaign_id = campaign_actions.campaign_id
		and t.key = 'key' and t.type = 'text' and t.atom = campaign_actions.action_key), '');
