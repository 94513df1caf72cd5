package web

import (
	"github.com/labstack/echo/v4"

	"github.com/postroom/postroom/static"
	"github.com/postroom/postroom/store"
	"github.com/postroom/postroom/views"
)

// What a route's caller must be in the workspace.
var (
	viewer = may(store.RoleViewer)
	author = may(store.RoleAuthor)
	admin  = may(store.RoleAdmin)
)

// routes is the map of the whole site. A GET answers with a page or a part of
// one; a write answers with a redirect, with the same page and what is wrong
// (422), or with the parts that it changed.
func (s *Server) routes(e *echo.Echo) {
	e.GET("/static/*", echo.WrapHandler(static.Handler()))
	e.GET("/healthz", s.healthy)
	e.GET("/readyz", s.ready)
	e.GET(views.IconPath, s.accountFavicon)

	pages := e.Group("", noStore, limitBody(maxForm))
	pages.GET(views.SetupPath, s.newSetup)
	pages.POST(views.SetupPath, s.createSetup)
	pages.GET(views.SignInPath, s.newSignIn)
	pages.POST(views.SignInPath, s.signIn)

	in := pages.Group("", s.signedIn)
	in.POST("/sign-out", s.signOut)
	in.POST("/switch", s.switchWorkspace)
	in.GET("/switch/menu", s.switcherMenu)
	in.GET("/", s.goHome)
	for _, section := range views.Sections {
		if section.Name != "" {
			in.GET("/"+section.Name, s.goHome)
		}
	}

	s.accountRoutes(in)
	s.workspaceRoutes(e.Group("/w/:workspace", noStore, s.signedIn, s.workspace))
	s.trackRoutes(e)
	s.pipelinesRoutes(e)
	s.appRoutes(e)
	s.mailRoutes(e)
}

// accountRoutes is the pages of the account, which belong to no workspace.
func (s *Server) accountRoutes(in *echo.Group) {
	in.GET(views.WorkspacesPath, s.showWorkspaces)
	in.GET(views.NewWorkspacePath, s.newWorkspace, adminsOnly)
	in.POST(views.NewWorkspacePath, s.createWorkspace, adminsOnly)
	in.POST("/account/workspaces/:id/restore", s.restoreWorkspace, adminsOnly)

	in.GET(views.UsagePath, s.showUsage, adminsOnly)
	in.GET(views.UsagePath+".csv", s.usageFile, adminsOnly)
	in.GET(views.AuditPath, s.showAudit, adminsOnly)

	in.GET(views.TeamPath, s.showTeam, adminsOnly)
	in.GET(views.NewMemberPath, s.newMember, adminsOnly)
	in.POST(views.NewMemberPath, s.createMember, adminsOnly)
	in.GET("/account/team/:member", s.showMember, adminsOnly)
	in.POST("/account/team/:member/role", s.setAccountRole, adminsOnly)
	in.POST("/account/team/:member/password", s.setMemberPassword, adminsOnly)
	in.POST("/account/team/:member/access/:id", s.setAccess, adminsOnly)
	in.GET("/account/team/:member/remove", s.askRemoveMember, adminsOnly)
	in.POST("/account/team/:member/remove", s.removeMember, adminsOnly)

	in.GET(views.WherePath, s.showWhere)
	in.GET(views.WhereExportPath, s.exportEverywhere)
	in.POST(views.WhereErasePath, s.eraseEverywhere)
	in.GET(views.ProfilePath, s.showProfile)
	in.POST(views.ProfilePath, s.editProfile)
	in.GET(views.PasswordPath, s.newOwnPassword)
	in.POST(views.PasswordPath, s.setOwnPassword)
	in.POST(views.EndOtherSessionsPath, s.endOtherSessions)
	in.POST("/profile/sessions/:id/end", s.endSession)
}

// trackRoutes is the Track API: how programs tell what people are and do.
func (s *Server) trackRoutes(e *echo.Echo) {
	call := limitBody(maxCall)
	e.GET("/auth", s.checkKey, s.trackKey)
	e.GET("/api/v1/accounts/region", s.showRegion, s.trackKey)
	e.PUT("/api/v1/customers/:identifier", s.identifyCustomer, s.trackKey, call)
	e.DELETE("/api/v1/customers/:identifier", s.destroyCustomer, s.trackKey, call)
	e.POST("/api/v1/customers/:identifier/events", s.trackCustomer, s.trackKey, call)
	e.POST("/api/v1/events", s.trackAnonymous, s.trackKey, call)
	e.PUT("/api/v1/customers/:identifier/devices", s.addDevice, s.trackKey, call)
	e.DELETE("/api/v1/customers/:identifier/devices/:device", s.deleteDevice, s.trackKey, call)
	e.POST("/api/v1/customers/:identifier/suppress", s.suppressCustomer, s.trackKey, call)
	e.POST("/api/v1/customers/:identifier/unsuppress", s.unsuppressCustomer, s.trackKey, call)
	e.POST(mergePath, s.mergeCustomers, s.trackKey, call)
	e.POST("/api/v1/segments/:segment/add_customers", s.addCustomers, s.trackKey, limitBody(maxIDList))
	e.POST("/api/v1/segments/:segment/remove_customers", s.removeCustomers, s.trackKey, limitBody(maxIDList))
	e.POST("/api/v1/forms/:form/submit", s.submitForm, s.trackKey, call)
	for _, path := range []string{"/api/v1/metrics", "/api/v1/push/events", "/push/events"} {
		e.POST(path, s.reportDelivery, call)
	}
	e.POST("/api/v2/entity", s.doEntity, s.trackKey, call)
	e.POST("/api/v2/batch", s.doBatch, s.trackKey, limitBody(maxBatch))
	e.Match([]string{"POST", "PUT", "DELETE", "PATCH"}, "/auth", s.unknownCall)
	for _, tree := range []string{"/api", "/api/*", "/push/*"} {
		e.RouteNotFound(tree, s.unknownCall)
	}
}

// pipelinesRoutes is the Pipelines API: the same, in Segment's format.
func (s *Server) pipelinesRoutes(e *echo.Echo) {
	for _, kind := range messageKinds {
		e.POST("/v1/"+kind, s.doMessage(kind), s.pipelinesKey, limitBody(maxCall))
	}
	e.POST("/v1/batch", s.doMessages, s.pipelinesKey, limitBody(maxBatch))
}

// appRoutes is the App API: how programs ask.
func (s *Server) appRoutes(e *echo.Echo) {
	e.GET("/v1/workspaces", s.listWorkspaces, s.appKey)
	e.GET("/v1/customers", s.findCustomers, s.appKey)
	e.GET("/v1/info/ip_addresses", s.listIPAddresses, s.appKey)
	e.GET("/v1/customers/:identifier/attributes", s.showAttributes, s.appKey)
	e.GET("/v1/customers/:identifier/segments", s.customerSegments, s.appKey)
	e.GET("/v1/customers/:identifier/messages", s.customerMessages, s.appKey)
	e.GET("/v1/customers/:identifier/activities", s.customerActivities, s.appKey)
	e.GET("/v1/activities", s.listActivities, s.appKey)
	ask := limitBody(maxAppCall)
	e.POST("/v1/customers", s.searchCustomers, s.appKey, ask)
	e.POST("/v1/customers/attributes", s.listAttributes, s.appKey, ask)
	e.GET("/v1/segments", s.appSegments, s.appKey)
	e.POST("/v1/segments", s.appCreateSegment, s.appKey, ask)
	e.GET("/v1/segments/:segment", s.appShowSegment, s.appKey)
	e.DELETE("/v1/segments/:segment", s.appDeleteSegment, s.appKey)
	e.GET("/v1/segments/:segment/used_by", s.appSegmentUsers, s.appKey)
	e.GET("/v1/segments/:segment/customer_count", s.appSegmentSize, s.appKey)
	e.GET("/v1/segments/:segment/membership", s.appSegmentMembers, s.appKey)
	e.POST("/v1/exports/customers", s.exportCustomers, s.appKey, limitBody(maxCall))
	e.POST("/v1/exports/deliveries", s.exportDeliveries, s.appKey, limitBody(maxCall))
	e.GET("/v1/sender_identities", s.listSenders, s.appKey)
	e.GET("/v1/sender_identities/:sender", s.showSender, s.appKey)
	e.GET("/v1/sender_identities/:sender/used_by", s.listSenderUsers, s.appKey)
	e.GET("/v1/transactional", s.listTransactional, s.appKey)
	e.POST("/v1/imports", s.importFile, s.appKey, limitBody(maxCall))
	e.POST("/v1/campaigns/:campaign/triggers", s.triggerBroadcast, s.appKey, limitBody(maxTrigger))
	e.GET("/v1/campaigns/:campaign/triggers/:run", s.showRun, s.appKey)
	e.GET("/v1/campaigns/:campaign/triggers/:run/errors", s.listRunErrors, s.appKey)
	e.GET("/v1/broadcasts", s.listAppBroadcasts, s.appKey)
	e.GET("/v1/broadcasts/:campaign", s.showAppBroadcast, s.appKey)
	e.GET("/v1/broadcasts/:campaign/triggers", s.listRuns, s.appKey)
	e.GET("/v1/newsletters", s.listAppNewsletters, s.appKey)
	e.GET("/v1/newsletters/:campaign", s.showAppNewsletter, s.appKey)
	e.GET("/v1/newsletters/:campaign/contents", s.newsletterContents, s.appKey)
	e.GET("/v1/imports/:import", s.showAppImport, s.appKey)
	e.GET("/v1/exports", s.listExports, s.appKey)
	e.GET("/v1/exports/:job", s.showExport, s.appKey)
	e.GET("/v1/exports/:job/download", s.linkExport, s.appKey)
	e.GET("/v1/exports/files/:token", s.downloadLinked)
	e.POST("/hooks/:token", s.callHook, limitBody(maxHook))
	e.RouteNotFound("/hooks", s.unknownCall)
	e.RouteNotFound("/hooks/*", s.unknownCall)
	e.RouteNotFound("/v1", s.unknownCall)
	e.RouteNotFound("/v1/*", s.unknownCall)
}

// mailRoutes is what messages link to. Nobody is signed in there.
func (s *Server) mailRoutes(e *echo.Echo) {
	mail := e.Group("", noStore, limitBody(maxAnswer))
	for _, page := range []string{"/unsubscribe/:token", "/manage_subscription/:token"} {
		mail.GET(page, s.showConsent)
		mail.HEAD(page, s.showConsent)
		mail.POST(page, s.unsubscribe)
		mail.OPTIONS(page, s.allowUnsubscribe)
	}
	mail.GET("/e/o/:picture", s.trackOpen)
	mail.HEAD("/e/o/:picture", s.trackOpen)
	mail.GET("/e/c/:token/:signature", s.trackClick)
	mail.HEAD("/e/c/:token/:signature", s.trackClick)
}

// maxAnswer bounds the body of what a message's recipient sends.
const maxAnswer = 64 << 10

// workspaceRoutes is the pages of one workspace. Every write, and every part,
// says for which workspace its page was made.
func (s *Server) workspaceRoutes(w *echo.Group) {
	form := w.Group("", limitBody(maxForm), s.sameWorkspace)
	form.GET("", s.showHome, viewer)
	form.GET("/people", s.listPeople, viewer)
	form.GET("/people/list", s.peopleList, viewer)
	form.GET("/people/new", s.newPerson, author)
	form.POST("/people/new", s.createPerson, author)
	s.peopleRoutes(form)
	form.GET("/people/:person", s.showPerson, viewer)
	form.GET("/people/:person/edit", s.editPerson, author)
	form.POST("/people/:person/edit", s.updatePerson, author)
	form.GET("/people/:person/subscribe", s.askPerson, author)
	form.POST("/people/:person/subscribe", s.subscribePerson, author)
	form.GET("/people/:person/unsubscribe", s.askPerson, author)
	form.POST("/people/:person/unsubscribe", s.unsubscribePerson, author)
	form.GET("/people/:person/attributes", s.showPersonAttributes, viewer)
	form.POST("/people/:person/attributes", s.setPersonAttribute, author)
	form.GET("/people/:person/devices", s.showPersonDevices, viewer)
	form.GET("/people/:person/deliveries", s.showPersonDeliveries, viewer)
	form.GET("/people/:person/event", s.askPerson, author)
	form.POST("/people/:person/event", s.addPersonEvent, author)
	form.GET("/people/:person/export.json", s.exportPerson, admin)
	form.GET("/people/:person/erase", s.askPerson, admin)
	form.POST("/people/:person/erase", s.erasePerson, admin)
	form.GET("/people/:person/suppress", s.askPerson, admin)
	form.POST("/people/:person/suppress", s.suppressPerson, admin)
	form.GET("/people/:person/merge", s.showMerge, author)
	form.POST("/people/:person/merge", s.mergePerson, author)
	form.GET("/people/:person/delete", s.askPerson, author)
	form.POST("/people/:person/delete", s.deletePerson, author)
	form.GET("/problems", s.listProblems, viewer)
	form.GET("/problems/:problem/take", s.askTakeIdentifier, author)
	form.POST("/problems/:problem/take", s.takeIdentifier, author)
	form.POST("/problems/:problem/dismiss", s.dismissProblem, author)
	form.POST("/problems/:problem/reopen", s.reopenProblem, author)
	form.GET("/segments", s.listSegments, viewer)
	form.GET("/segments/new", s.newSegment, author)
	form.POST("/segments/new", s.createSegment, author)
	form.POST("/segments/preview", s.previewSegment, author)
	form.POST("/segments/:segment/remove", s.removeFromSegment, author)
	form.GET("/segments/:segment", s.showSegment, viewer)
	form.GET("/segments/:segment/size", s.segmentSize, viewer)
	form.GET("/segments/:segment/edit", s.editSegment, author)
	form.POST("/segments/:segment/edit", s.updateSegment, author)
	form.GET("/segments/:segment/delete", s.askDeleteSegment, author)
	form.POST("/segments/:segment/delete", s.deleteSegment, author)
	form.GET("/activity", s.listActivity, viewer)
	form.GET("/imports", s.listImports, admin)
	form.GET("/imports/new", s.newImport, admin)
	w.POST("/imports/new", s.createImport, s.sameWorkspace, admin) // its body has a limit of its own
	form.GET("/imports/:import", s.showImport, admin)
	form.POST("/imports/:import", s.checkImport, admin)
	form.GET("/imports/:import/progress", s.showImportProgress, admin)
	form.POST("/imports/:import/start", s.startImport, admin)
	form.POST("/imports/:import/pause", s.pauseImport, admin)
	form.POST("/imports/:import/resume", s.resumeImport, admin)
	form.GET("/imports/:import/stop", s.askImport, admin)
	form.POST("/imports/:import/stop", s.stopImport, admin)
	form.GET("/imports/:import/undo", s.askImport, admin)
	form.POST("/imports/:import/undo", s.undoImport, admin)
	form.GET("/imports/:import/kept.csv", s.downloadKept, admin)
	form.GET("/imports/:import/delete", s.askImport, admin)
	form.POST("/imports/:import/delete", s.deleteImport, admin)
	form.GET("/imports/:import/rejected.csv", s.downloadRejects, admin)
	form.GET("/credentials", s.listCredentials, admin)
	form.GET("/credentials/new", s.newCredential, admin)
	form.POST("/credentials/new", s.createCredential, admin)
	form.GET("/credentials/:key/revoke", s.askRevokeCredential, admin)
	form.POST("/credentials/:key/revoke", s.revokeCredential, admin)

	form.GET("/favicon.svg", s.workspaceFavicon, viewer)

	form.GET("/settings", s.showSettings, admin)
	form.POST("/settings", s.editSettings, admin)
	form.GET("/settings/identifiers", s.showIdentifiers, admin)
	form.POST("/settings/identifiers", s.editIdentifiers, admin)
	form.GET("/settings/identifiers/progress", s.showIdentifierProgress, admin)
	form.GET("/settings/identifiers/conflicts.csv", s.conflictsFile, admin)
	form.POST("/settings/identifiers/check", s.checkIdentifiers, admin)
	form.POST("/settings/identifiers/cancel", s.cancelIdentifiers, admin)
	form.GET("/settings/identifiers/apply", s.askIdentifiers, admin)
	form.POST("/settings/identifiers/apply", s.applyIdentifiers, admin)
	form.GET("/settings/delete", s.askDeleteWorkspace, adminsOnly)
	form.POST("/settings/delete", s.deleteWorkspace, adminsOnly)
	form.GET("/settings/suppressed", s.showSuppressed, admin)
	form.POST("/settings/suppressed", s.unsuppress, admin)
	form.GET("/settings/channels", s.showChannels, admin)
	form.POST("/settings/channels", s.saveChannel, admin)
	form.POST("/settings/channels/test", s.testChannel, admin)
	form.POST("/settings/channels/remove", s.removeChannel, admin)
	form.POST("/settings/channels/language", s.setLanguage, admin)
	form.GET("/settings/history", s.showHistory, admin)
	form.GET("/settings/layouts", s.listLayouts, author)
	form.GET("/settings/layouts/new", s.newLayout, author)
	form.POST("/settings/layouts/new", s.createLayout, author)
	form.GET("/settings/layouts/edit", s.showLayout, author)
	form.POST("/settings/layouts/edit", s.editLayout, author)
	form.GET("/settings/layouts/delete", s.askDeleteLayout, author)
	form.POST("/settings/layouts/delete", s.deleteLayout, author)

	form.GET("/campaigns/:campaign/messages/:action", s.editMessage, author)
	form.POST("/campaigns/:campaign/messages/:action", s.saveMessage, author)
	form.POST("/campaigns/:campaign/messages/:action/preview", s.previewMessage, author)
	form.POST("/campaigns/:campaign/messages/:action/lack", s.showLack, author)
	form.GET("/campaigns/:campaign/messages/:action/people", s.findPreviewPeople, author)
	form.POST("/campaigns/:campaign/messages/:action/languages", s.addLanguage, author)
	form.POST("/campaigns/:campaign/messages/:action/languages/remove", s.removeLanguage, author)
	form.POST("/campaigns/:campaign/messages/:action/test", s.testMessage, author)
	form.GET("/previews/:preview", s.showPreview, author)

	form.GET("/deliveries", s.listDeliveries, viewer)
	form.GET("/campaigns/:campaign/deliveries", s.listCampaignDeliveries, viewer)
	form.POST("/deliveries/send-drafts", s.sendDrafts, author)
	form.GET("/deliveries/:delivery", s.showDelivery, viewer)
	form.GET("/deliveries/:delivery/body", s.showDeliveryBody, viewer)
	form.POST("/deliveries/:delivery/send", s.sendDraft, author)
	form.POST("/deliveries/:delivery/again", s.sendAgain, author)
	form.POST("/deliveries/:delivery/discard", s.discardDraft, author)

	form.GET("/mailbox", s.showMailbox, viewer)
	form.POST("/mailbox/empty", s.emptyMailbox, author)
	form.GET("/mailbox/:mail", s.showMail, viewer)
	form.GET("/mailbox/:mail/body", s.showMailBody, viewer)

	s.campaignRoutes(form)
}

// peopleRoutes is the list of people, and what is done to many of them.
func (s *Server) peopleRoutes(form *echo.Group) {
	form.GET("/people/filter", s.askFilter, viewer)
	form.GET("/people/columns", s.askColumns, viewer)
	form.POST("/people/columns", s.setColumns, viewer)
	form.GET("/people/segment", s.askSegment, author)
	form.POST("/people/segment", s.saveSegment, author)
	form.GET("/people/views", s.listViews, viewer)
	form.GET("/people/views/new", s.newView, author)
	form.POST("/people/views/new", s.createView, author)
	form.GET("/people/views/:view", s.editView, author)
	form.POST("/people/views/:view", s.updateView, author)
	form.GET("/people/views/:view/delete", s.askDeleteView, author)
	form.POST("/people/views/:view/delete", s.deleteView, author)
	form.GET("/data", s.listDataNames, viewer)
	form.GET("/data/name", s.showDataName, viewer)
	form.POST("/data/name", s.describeDataName, admin)
	form.GET("/jobs", s.listJobs, viewer)
	form.GET("/jobs/new", s.newJob, author)
	form.POST("/jobs/new", s.createJob, author)
	form.GET("/jobs/:job", s.showJob, viewer)
	form.GET("/jobs/:job/progress", s.showJobProgress, viewer)
	form.GET("/jobs/:job/cancel", s.askCancelJob, author)
	form.POST("/jobs/:job/cancel", s.cancelJob, author)
	form.GET("/jobs/:job/people.csv", s.downloadExport, admin)
}

// campaignRoutes is the pages of campaigns and the editor of their workflows.
func (s *Server) campaignRoutes(form *echo.Group) {
	form.GET("/campaigns", s.listCampaigns, viewer)
	form.GET("/broadcasts", s.listBroadcasts, viewer)
	form.GET("/broadcasts/new", s.newBroadcast, author)
	form.POST("/broadcasts/new", s.createBroadcast, author)
	form.GET("/campaigns/:campaign/audience", s.editAudience, viewer)
	form.POST("/campaigns/:campaign/audience", s.saveAudience, author)
	form.GET("/campaigns/:campaign/runs", s.listBroadcastRuns, viewer)
	form.POST("/campaigns/:campaign/runs", s.runBroadcast, author)
	form.GET("/campaigns/new", s.newCampaign, author)
	form.POST("/campaigns/new", s.createCampaign, author)
	form.GET("/campaigns/import", s.newCampaignImport, author)
	form.POST("/campaigns/import", s.importCampaign, author)
	form.GET("/campaigns/:campaign", s.showCampaign, viewer)
	form.GET("/campaigns/:campaign/export.json", s.exportCampaign, viewer)
	form.GET("/campaigns/:campaign/import", s.newActionImport, author)
	form.GET("/campaigns/:campaign/import/part", s.actionImportPart, author)
	form.GET("/campaigns/:campaign/import/dialog", s.actionImportDialog, author)
	form.POST("/campaigns/:campaign/import", s.importActions, author)
	form.GET("/campaigns/:campaign/trigger", s.editTrigger, viewer)
	form.POST("/campaigns/:campaign/trigger", s.saveTrigger, author)
	form.GET("/campaigns/:campaign/publish", s.reviewCampaign, author)
	form.POST("/campaigns/:campaign/publish", s.publishCampaign, author)
	form.POST("/campaigns/:campaign/hook", s.renewHook, author)
	form.GET("/campaigns/:campaign/schedule", s.askSchedule, author)
	form.POST("/campaigns/:campaign/schedule", s.planCampaign, author)
	form.POST("/campaigns/:campaign/unschedule", s.cancelSchedule, author)
	form.POST("/campaigns/:campaign/stop", s.stopCampaign, author)
	form.POST("/campaigns/:campaign/archive", s.archiveCampaign, author)
	form.POST("/campaigns/:campaign/unarchive", s.unarchiveCampaign, author)
	form.POST("/campaigns/:campaign/rename", s.renameCampaign, author)
	form.POST("/campaigns/:campaign/duplicate", s.duplicateCampaign, author)
	form.POST("/campaigns/:campaign/delete", s.deleteCampaign, author)

	form.GET("/campaigns/:campaign/journeys", s.listJourneys, viewer)
	form.GET("/journeys/:journey", s.showJourney, viewer)
	form.POST("/journeys/:journey/move", s.moveJourney, author)
	form.POST("/journeys/:journey/exit", s.exitJourney, author)
	form.GET("/campaigns/:campaign/versions", s.listVersions, viewer)
	form.POST("/campaigns/:campaign/versions/:version/restore", s.restoreVersion, author)
	form.GET("/campaigns/:campaign/versions/:version/export.json", s.exportVersion, viewer)

	form.GET("/campaigns/:campaign/workflow", s.showWorkflow, viewer)
	form.POST("/campaigns/:campaign/workflow/goto", s.goToRevision, author)
	form.POST("/campaigns/:campaign/workflow/add", s.addAction, author)
	form.POST("/campaigns/:campaign/workflow/move", s.moveActions, author)
	form.POST("/campaigns/:campaign/workflow/duplicate", s.duplicateActions, author)
	form.POST("/campaigns/:campaign/workflow/delete", s.deleteActions, author)
	form.POST("/campaigns/:campaign/workflow/copy", s.copyActions, author)
	form.POST("/campaigns/:campaign/workflow/paste", s.pasteActions, author)
	form.POST("/campaigns/:campaign/workflow/undo", s.undo, author)
	form.POST("/campaigns/:campaign/workflow/redo", s.redo, author)
	form.POST("/campaigns/:campaign/workflow/actions/:action", s.saveAction, author)
	form.POST("/campaigns/:campaign/workflow/actions/:action/move", s.moveAction, author)
	form.POST("/campaigns/:campaign/workflow/actions/:action/duplicate", s.duplicateAction, author)
	form.POST("/campaigns/:campaign/workflow/actions/:action/test", s.testAction, author)
	form.POST("/campaigns/:campaign/workflow/actions/:action/delete", s.deleteAction, author)
}
