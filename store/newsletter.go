package store

// NewsletterID names a newsletter: one message to many people at once.
type NewsletterID int64
