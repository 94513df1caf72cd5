package store

import (
	"context"
	"reflect"
	"slices"
	"testing"
)

// ofTheAccount is every method that is about no single workspace. Whoever adds
// to it says that the method cannot mix up the records of two.
var ofTheAccount = []string{
	// the database itself
	"Close", "SetClock", "Now", "Ready", "Backup", "CheckIntegrity",
	// the engine, which serves all workspaces in turn
	"Woken", "Turns", "Busy", "MarkUncertain", "Signer", "FileOfImport", "ForgetJournals", "FileOfExport", "SearchWrites", "TidySearch",
	// the account, its team and their sessions
	"SetUp", "Account", "CreateMember", "Member", "MemberByEmail", "Members", "Team", "AccessOf", "SetAccountRole", "RemoveMember",
	"SetPreferences", "SetPassword", "SignIn", "SignInBlocked", "SignInFailed", "SignInWorked", "Session", "Sessions", "Seen", "EndSession", "EndOtherSessions",
	// which workspaces there are, and all of them together
	"CreateWorkspace", "WorkspaceBySlug", "WorkspacesOf", "WorkspacesToEdit", "WorkspaceCount", "RecentWorkspaces", "DeletedWorkspaces", "Audit", "Usages", "Periods", "Whereabouts", "Metrics",
	// what finds the workspace: its result says which one
	"TrackWorkspace", "KeyWorkspace", "CredentialUsed", "Addressee", "Hook",
}

// Isolation is structural: whoever asks for a workspace's records says which
// workspace, before anything else.
func TestMethodsSayForWhichWorkspace(t *testing.T) {
	ctx, id, whole := reflect.TypeFor[context.Context](), reflect.TypeFor[WorkspaceID](), reflect.TypeFor[Workspace]()
	methods := reflect.TypeFor[*Store]()
	for i := range methods.NumMethod() {
		m := methods.Method(i)
		says := m.Type.NumIn() > 2 && m.Type.In(1) == ctx && (m.Type.In(2) == id || m.Type.In(2) == whole)
		if !says && !slices.Contains(ofTheAccount, m.Name) {
			t.Errorf("%s does not take (ctx, WorkspaceID) first, and is not on the list of those that are of the account", m.Name)
		}
		if says && slices.Contains(ofTheAccount, m.Name) {
			t.Errorf("%s takes a workspace; take it off the list", m.Name)
		}
	}
	for _, name := range ofTheAccount {
		if _, ok := methods.MethodByName(name); !ok {
			t.Errorf("%s is on the list, but no method", name)
		}
	}
}
