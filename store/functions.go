package store

import (
	"database/sql"
	"encoding/json"
	"sync"

	"github.com/mattn/go-sqlite3"

	"github.com/postroom/postroom/store/condition"
)

// driverName is SQLite with the functions that conditions need where SQL has no
// words for their rules, such as letter case beyond ASCII.
const driverName = "postroom-sqlite"

func init() {
	sql.Register(driverName, &sqlite3.SQLiteDriver{ConnectHook: addFunctions})
}

// addFunctions makes the functions known to one connection. All of them give
// the same for the same arguments.
func addFunctions(conn *sqlite3.SQLiteConn) error {
	for name, function := range map[string]any{
		"person_matches": personMatches,
		"person_passes":  personPasses,
		"data_matches":   dataMatches,
		"timestamp_of":   timestampOf,
		"name_key":       nameKey,
	} {
		if err := conn.RegisterFunc(name, function, true); err != nil {
			return err
		}
	}
	return nil
}

// personMatches asks one attribute condition of the columns of a person; now
// is in unix microseconds.
func personMatches(question string, now, id, created, unsubscribed int64, external, email, attributes string) (bool, error) {
	a, lookup, err := asked(question, id, created, unsubscribed, external, email, attributes)
	if err != nil {
		return false, err
	}
	return a.MatchAttribute(lookup, instant(now)), nil
}

// personPasses is when the clock next makes a difference to the answer, in
// unix microseconds; never when it does not.
func personPasses(question string, now, id, created, unsubscribed int64, external, email, attributes string) (int64, error) {
	a, lookup, err := asked(question, id, created, unsubscribed, external, email, attributes)
	if err != nil {
		return never, err
	}
	if at, ok := a.Passes(lookup, instant(now)); ok {
		return at, nil
	}
	return never, nil
}

func asked(question string, id, created, unsubscribed int64, external, email, attributes string) (*condition.Attribute, func(string) (any, bool), error) {
	a, err := questions.get(question)
	if err != nil {
		return nil, nil, err
	}
	p := Person{ID: PersonID(id), ExternalID: external, Email: email, Unsubscribed: unsubscribed != 0, CreatedAt: instant(created)}
	p.Attributes, err = decodeAttributes(attributes)
	s := Subject{person: p}
	return a, s.Attribute, err
}

// dataMatches asks one attribute condition of the data of an event.
func dataMatches(question string, now int64, data string) (bool, error) {
	a, err := questions.get(question)
	if err != nil {
		return false, err
	}
	object, err := DecodeObject([]byte(data))
	lookup := func(name string) (any, bool) { v, ok := object[name]; return v, ok }
	return a.MatchAttribute(lookup, instant(now)), err
}

// timestampOf is the moment that a JSON value names, in unix microseconds;
// never when it names none.
func timestampOf(value string) int64 {
	v, err := DecodeObject([]byte(`{"v":` + value + `}`))
	if err != nil {
		return never
	}
	if t, ok := condition.Timestamp(v["v"]); ok {
		return micros(t)
	}
	return never
}

// questions keeps what was decoded for the row before.
var questions questionCache

type questionCache struct {
	mu    sync.Mutex
	ready map[string]*condition.Attribute
}

// maxQuestions bounds the memory.
const maxQuestions = 1000

func (q *questionCache) get(text string) (*condition.Attribute, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if a, ok := q.ready[text]; ok {
		return a, nil
	}
	a := new(condition.Attribute)
	if err := json.Unmarshal([]byte(text), a); err != nil {
		return nil, err
	}
	if q.ready == nil || len(q.ready) >= maxQuestions {
		q.ready = map[string]*condition.Attribute{}
	}
	q.ready[text] = a
	return a, nil
}

// question is an attribute condition as the functions above take it.
func question(a condition.Attribute) string { return encode(a) }
