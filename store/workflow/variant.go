package workflow

import "fmt"

// Test puts a message into an A/B test: variant A is the message itself, which
// everybody gets at first, and B a copy of it. It tells the key of the test.
func Test(c Campaign, key string) (Campaign, string, error) {
	var test string
	out, err := edit(c, func(c *Campaign) error {
		s, err := c.at(key)
		if err != nil {
			return err
		}
		a := (*s.list)[s.index]
		switch {
		case !a.IsMessage():
			return &Error{Message: "Only a message can be tested. Choose one."}
		case s.branch != nil && (*s.branch.list)[s.branch.index].Type == TypeABTest:
			return &Error{Message: "This message is in a test already. Add a variant there."}
		}
		twin := c.variant(a)
		test = keysOf(c.Actions).with([]Action{twin}).next(string(TypeABTest))
		s.remove()
		// Who may not get the message meets no test.
		s.insert(Action{Key: test, Type: TypeABTest, Name: a.Name, Condition: a.Condition, Branch: &Branch{Paths: []Path{
			{Name: "A", Percent: 100, Actions: []Action{withoutCondition(a)}},
			{Name: "B", Actions: []Action{withoutCondition(twin)}},
		}}})
		return nil
	})
	return out, test, err
}

func withoutCondition(a Action) Action {
	a.Condition = nil
	return a
}

// variant is a copy of a message, for a test. It is sent as the message is:
// who gets the copy would else get nothing.
func (c *Campaign) variant(a Action) Action {
	return Copy([]Action{a}, []string{a.Key}, c, Origin{})[0].WithSending(a.Sending())
}

// AddVariant adds a variant to a test, a copy of one that it has. Nobody gets
// it until it has a share.
func AddVariant(c Campaign, key string, like int) (Campaign, error) {
	return edit(c, func(c *Campaign) error {
		s, err := c.at(key)
		if err != nil {
			return err
		}
		a := &(*s.list)[s.index]
		switch b := a.Branch; {
		case a.Type != TypeABTest || b == nil:
			return &Error{Message: "Only a test has variants. Choose one."}
		case !b.has(like) || len(b.Paths[like].Actions) == 0:
			return ErrNoPath
		case len(b.Paths) >= MaxPaths:
			return &Error{Message: pathCount(a.Type)}
		}
		twin := c.variant(a.Branch.Paths[like].Actions[0])
		a.Branch.Paths = append(a.Branch.Paths, Path{Name: a.Branch.nextLetter(), Actions: []Action{twin}})
		return nil
	})
}

// nextLetter names the next variant: B, C … and, when they run out, by number.
func (b *Branch) nextLetter() string {
	taken := map[string]bool{}
	for _, p := range b.Paths {
		taken[p.Name] = true
	}
	for letter := 'A'; letter <= 'Z'; letter++ {
		if !taken[string(letter)] {
			return string(letter)
		}
	}
	return fmt.Sprintf("Variant %d", len(b.Paths)+1)
}

// PickWinner lets everybody get one variant of a test from now on; with none
// (-1) the shares count again.
func PickWinner(c Campaign, key string, path int) (Campaign, error) {
	return editBranch(c, key, func(a *Action) error {
		switch {
		case a.Type != TypeABTest:
			return &Error{Message: "Only a test has a winner. Choose one."}
		case path < 0:
			a.Branch.Winner = ""
			return nil
		case !a.Branch.has(path):
			return ErrNoPath
		}
		if a.Branch.Paths[path].Name == "" {
			a.Branch.Paths[path].Name = a.Branch.nextLetter()
		}
		a.Branch.Winner = a.Branch.Paths[path].Name
		return nil
	})
}
