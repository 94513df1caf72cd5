package views

import (
	"fmt"

	"github.com/postroom/postroom/store"
)

// NewMemberPath is the form of a new member.
const NewMemberPath = "/account/team/new"

// TeamPagePath is those of the team whose name or email contains q, after a
// member; zero: from the first.
func TeamPagePath(q string, after store.MemberID) string {
	return TeamPath + query("q", q, "after", keyText(int64(after)))
}

// TeamList is a page of the team and what chose it.
type TeamList struct {
	Q     string
	After store.MemberID
	Team  []store.TeamMember
	Next  store.MemberID // after whom the next page begins; zero: there is none
}

// MemberPath is one member of the team.
func MemberPath(id store.MemberID) string { return fmt.Sprintf("/account/team/%d", id) }

// MemberAccessPath is the page of a member with the workspaces whose name
// contains q, after a name key.
func MemberAccessPath(id store.MemberID, q, after string) string {
	return MemberPath(id) + query("q", q, "after", after)
}

// AccessPath gives a member a role in a workspace.
func AccessPath(id store.MemberID, ws store.Workspace) string {
	return fmt.Sprintf("%s/access/%d", MemberPath(id), ws.ID)
}

// MemberRolePath changes what a member may do with the account.
func MemberRolePath(id store.MemberID) string { return MemberPath(id) + "/role" }

// MemberPasswordPath gives a member another password.
func MemberPasswordPath(id store.MemberID) string { return MemberPath(id) + "/password" }

// RemoveMemberPath asks whether to remove a member, and does it.
func RemoveMemberPath(id store.MemberID) string { return MemberPath(id) + "/remove" }

// MemberForm is what the form of a new member held.
type MemberForm struct{ Name, Email, Role string }

// MemberAccess is one page of what a member may do in workspaces.
type MemberAccess struct {
	Member  store.Member
	Q       string
	After   string
	Next    string
	Rows    []store.Access
	Problem store.Invalid
}

// rolesInWords are the choices for a workspace, the least first.
var rolesInWords = []struct {
	Role  store.WorkspaceRole
	Words string
}{
	{store.RoleNone, "No access"},
	{store.RoleViewer, "Viewer"},
	{store.RoleAuthor, "Author"},
	{store.RoleAdmin, "Admin"},
}

// accountRole is an account role in words.
func accountRole(role store.AccountRole) string {
	if role == store.AccountAdmin {
		return "Account admin"
	}
	return "Member"
}

// reach is in how many workspaces a member may do something.
func reach(m store.TeamMember) string {
	if m.Admin() {
		return "All, as admin"
	}
	return Number(m.Workspaces)
}
