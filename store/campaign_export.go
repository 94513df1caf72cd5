package store

import (
	"context"

	"github.com/postroom/postroom/store/workflow"
)

// ExportCampaign is a campaign's draft as a document that can be read
// elsewhere: segments are named, not numbered.
func (s *Store) ExportCampaign(ctx context.Context, ws WorkspaceID, id CampaignID) (workflow.Document, error) {
	c, err := s.Campaign(ctx, ws, id)
	if err != nil {
		return workflow.Document{}, err
	}
	draft, err := s.WithSegmentNames(ctx, ws, c.Draft)
	if err != nil {
		return workflow.Document{}, err
	}
	draft.Name = c.Name
	return workflow.Export(draft), nil
}
