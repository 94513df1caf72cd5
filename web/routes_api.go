package web

import (
	"github.com/labstack/echo/v4"
)

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
	e.GET("/v1/customers/:identifier/subscription_preferences", s.customerTopics, s.appKey)
	e.GET("/v1/subscription_topics", s.listAppTopics, s.appKey)
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
	e.GET("/v1/snippets", s.listAppSnippets, s.appKey)
	e.POST("/v1/snippets", s.addAppSnippet, s.appKey, limitBody(maxMessage))
	e.PUT("/v1/snippets", s.putAppSnippet, s.appKey, limitBody(maxMessage))
	e.DELETE("/v1/snippets/:snippet", s.deleteAppSnippet, s.appKey)
	e.GET("/v1/sender_identities", s.listSenders, s.appKey)
	e.GET("/v1/sender_identities/:sender", s.showSender, s.appKey)
	e.GET("/v1/sender_identities/:sender/used_by", s.listSenderUsers, s.appKey)
	e.GET("/v1/transactional", s.listTransactional, s.appKey)
	e.POST("/v1/imports", s.importFile, s.appKey, limitBody(maxCall))
	e.GET("/v1/campaigns", s.listAppCampaigns, s.appKey)
	e.GET("/v1/campaigns/:campaign", s.showAppCampaign, s.appKey)
	for _, of := range []string{"/v1/campaigns/:campaign", "/v1/broadcasts/:campaign"} {
		e.GET(of+"/actions", s.listAppActions, s.appKey)
		e.GET(of+"/actions/:action", s.showAppAction, s.appKey)
		e.GET(of+"/actions/:action/language/:language", s.showAppTranslation, s.appKey)
		e.PUT(of+"/actions/:action", s.changeAppAction, s.appKey, limitBody(maxMessage))
		e.PUT(of+"/actions/:action/language/:language", s.changeAppTranslation, s.appKey, limitBody(maxMessage))
		e.GET(of+"/actions/:action/metrics", s.actionSeries, s.appKey)
		e.GET(of+"/actions/:action/metrics/links", s.linkSeries, s.appKey)
		e.GET(of+"/metrics", s.campaignSeries, s.appKey)
		e.GET(of+"/metrics/links", s.linkSeries, s.appKey)
		e.GET(of+"/messages", s.campaignMessages, s.appKey)
	}
	e.GET("/v1/campaigns/:campaign/journey_metrics", s.journeySeries, s.appKey)
	e.GET("/v1/messages", s.listMessages, s.appKey)
	e.GET("/v1/messages/:message", s.showMessage, s.appKey)
	e.GET("/v1/messages/:message/archived_message", s.showArchivedMessage, s.appKey)
	e.POST("/v1/campaigns/:campaign/triggers", s.triggerBroadcast, s.appKey, limitBody(maxTrigger))
	e.GET("/v1/campaigns/:campaign/triggers/:run", s.showRun, s.appKey)
	e.GET("/v1/campaigns/:campaign/triggers/:run/errors", s.listRunErrors, s.appKey)
	e.GET("/v1/broadcasts", s.listAppBroadcasts, s.appKey)
	e.GET("/v1/broadcasts/:campaign", s.showAppBroadcast, s.appKey)
	e.GET("/v1/broadcasts/:campaign/triggers", s.listRuns, s.appKey)
	s.newsletterCalls(e)
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

// newsletterCalls is the calls of the App API about newsletters.
func (s *Server) newsletterCalls(e *echo.Echo) {
	write := limitBody(maxMessage)
	e.GET("/v1/newsletters", s.listAppNewsletters, s.appKey)
	e.POST("/v1/newsletters", s.createNewsletter, s.appKey, write)
	one := func(method, path string, do echo.HandlerFunc, also ...echo.MiddlewareFunc) {
		e.Add(method, "/v1/newsletters/:campaign"+path, do, append([]echo.MiddlewareFunc{s.appKey}, also...)...)
	}
	one("GET", "", s.showAppNewsletter)
	one("DELETE", "", s.deleteNewsletter)
	one("POST", "/send", s.sendNewsletter, write)
	one("POST", "/schedule", s.scheduleNewsletter, write)
	one("GET", "/metrics", s.campaignSeries)
	one("GET", "/metrics/links", s.linkSeries)
	one("GET", "/messages", s.campaignMessages)
	one("GET", "/contents", s.newsletterContents)
	one("GET", "/contents/:action", s.showNewsletterContent)
	one("PUT", "/contents/:action", s.changeAppAction, write)
	one("GET", "/contents/:action/metrics", s.actionSeries)
	one("GET", "/contents/:action/metrics/links", s.linkSeries)
	one("GET", "/test_groups", s.listTestGroups)
	one("POST", "/test_groups", s.addTestGroup)
	one("POST", "/language", s.addTranslation, write, s.onlyContent)
	one("GET", "/language/:language", s.showAppTranslation, s.onlyContent)
	one("PUT", "/language/:language", s.changeAppTranslation, write, s.onlyContent)
	one("DELETE", "/language/:language", s.deleteTranslation, s.onlyContent)
	one("POST", "/test_group/:action/language", s.addTranslation, write)
	one("GET", "/test_group/:action/language/:language", s.showAppTranslation)
	one("PUT", "/test_group/:action/language/:language", s.changeAppTranslation, write)
	one("DELETE", "/test_group/:action/language/:language", s.deleteTranslation)
}
