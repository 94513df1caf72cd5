package condition

// OnlyAttributes says whether the condition asks about nothing but attributes,
// so that a person's own row decides it.
func (c *Condition) OnlyAttributes() bool {
	only := true
	c.Each(func(c *Condition) {
		only = only && c.Segment == nil && c.Event == nil && c.Message == nil
	})
	return only
}
