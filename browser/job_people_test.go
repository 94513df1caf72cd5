package browser_test

const firstAttribute = `[name="attribute_name"]`

// An email alone is nobody here, and two people may share one.
func (j *job) addPeopleByID() {
	j.Open("/w/fieldnotes/people")
	j.ClickIn("main", "Add person")
	j.At("/w/fieldnotes/people/new")
	j.Fill("email", "ada@acme.test")
	j.ClickAt("form .btn.primary")
	j.Sees("There is a problem")
	j.Sees("People in this workspace are identified by id, so an email alone is not enough. Enter an id.")
	j.looks()
	j.Is(`document.querySelector("[name=email]").value`, "ada@acme.test")
	for _, id := range []string{"u1", "u2"} {
		j.Open("/w/fieldnotes/people/new")
		j.Fill("id", id)
		j.Fill("email", "ada@acme.test")
		j.ClickAt("form .btn.primary")
		j.Sees("Subscribed")
	}
	j.Open("/w/fieldnotes/people")
	j.Sees("2 people")
}

func (j *job) addPeople() {
	j.Open("/w/acme/people/new")
	j.Fill("id", "u1")
	j.Fill("email", "ada@acme.test")
	j.FillAt(firstAttribute, "first_name")
	j.FillAt(`[name="attribute_value"]`, "Ada")
	j.ClickAt("form .btn.primary")
	j.Sees("first_name")
	j.looks()
	j.Open("/w/acme/people/new")
	j.Fill("email", "ADA@acme.test")
	j.ClickAt("form .btn.primary")
	j.Sees("There is a problem")
	j.Open("/w/acme/people")
	j.Keys("/")
	j.Is(`document.activeElement.name`, "q")
	j.Keys("nobody")
	j.Sees("Nobody found")
	j.Fill("q", "ada@")
	j.Sees("Found 1 person.")
}
