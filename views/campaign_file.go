package views

import "github.com/postroom/postroom/store"

// ExportCampaignPath is a campaign's draft as a file.
func ExportCampaignPath(ws store.Workspace, id store.CampaignID) string {
	return CampaignPath(ws, id) + "/export.json"
}

// ImportCampaignPath is the form that makes a campaign of a file.
func ImportCampaignPath(ws store.Workspace) string { return CampaignsPath(ws) + "/import" }
