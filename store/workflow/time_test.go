package workflow

import (
	"encoding/json"
	"testing"
	"time"
)

// at is a moment as the tables below write it: RFC 3339, or nothing.
func at(t *testing.T, text string) time.Time {
	t.Helper()
	if text == "" {
		return time.Time{}
	}
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func TestDateNext(t *testing.T) {
	yearly := Date{At: "09:00", Zone: "UTC", Repeat: RepeatYearly}
	monthly := Date{At: "09:00", Zone: "UTC", Repeat: RepeatMonthly}
	once := Date{At: "09:00", Zone: "UTC", Repeat: RepeatOnce}
	with := func(d Date, change func(*Date)) Date { change(&d); return d }
	in := func(d Date, zone, clock string) Date { d.Zone, d.At = zone, clock; return d }
	for name, test := range map[string]struct {
		date  Date
		value any
		zone  string
		after string
		want  string
	}{
		"once, to come":                {once, "2026-12-24", "", "2026-11-23T10:00:00Z", "2026-12-24T09:00:00Z"},
		"once, over":                   {once, "2026-11-22", "", "2026-11-23T10:00:00Z", ""},
		"once, at this very moment":    {once, "2026-11-23", "", "2026-11-23T09:00:00Z", ""},
		"once, a moment before":        {once, "2026-11-23", "", "2026-11-23T08:59:59Z", "2026-11-23T09:00:00Z"},
		"yearly, today":                {yearly, "1990-11-23", "", "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z"},
		"yearly, next year":            {yearly, "1990-11-23", "", "2026-11-23T09:00:00Z", "2027-11-23T09:00:00Z"},
		"yearly, of the year to come":  {yearly, "2030-01-05", "", "2026-11-23T09:00:00Z", "2030-01-05T09:00:00Z"},
		"leap day in a common year":    {yearly, "1996-02-29", "", "2026-11-23T09:00:00Z", "2027-02-28T09:00:00Z"},
		"leap day in a leap year":      {yearly, "1996-02-29", "", "2027-11-23T09:00:00Z", "2028-02-29T09:00:00Z"},
		"leap day, no leap in 2100":    {yearly, "1996-02-29", "", "2099-11-23T09:00:00Z", "2100-02-28T09:00:00Z"},
		"three days before a leap day": {with(yearly, func(d *Date) { d.Before = "3d" }), "1996-02-29", "", "2027-01-01T00:00:00Z", "2027-02-25T09:00:00Z"},
		"the 31st, a short month":      {monthly, "2020-01-31", "", "2026-02-01T00:00:00Z", "2026-02-28T09:00:00Z"},
		"the 31st, a leap February":    {monthly, "2020-01-31", "", "2028-02-01T00:00:00Z", "2028-02-29T09:00:00Z"},
		"the 31st comes back":          {monthly, "2020-01-31", "", "2026-02-28T09:00:00Z", "2026-03-31T09:00:00Z"},
		"the 31st, thirty days":        {monthly, "2020-01-31", "", "2026-04-01T00:00:00Z", "2026-04-30T09:00:00Z"},
		"monthly over the year's end":  {monthly, "2020-05-15", "", "2026-12-20T00:00:00Z", "2027-01-15T09:00:00Z"},
		"before, over a year's end":    {with(yearly, func(d *Date) { d.Before = "1w" }), "1990-01-03", "", "2026-11-23T00:00:00Z", "2026-12-27T09:00:00Z"},
		"after, over a year's end":     {with(yearly, func(d *Date) { d.After = "10d" }), "1990-12-28", "", "2026-12-29T00:00:00Z", "2027-01-07T09:00:00Z"},
		"after, by more than years":    {with(yearly, func(d *Date) { d.After = "1100d" }), "2000-06-01", "", "2026-11-23T00:00:00Z", "2027-06-06T09:00:00Z"},
		"before, by more than years":   {with(yearly, func(d *Date) { d.Before = "1100d" }), "2000-06-01", "", "2026-11-23T00:00:00Z", "2027-05-28T09:00:00Z"},
		"after, once":                  {with(once, func(d *Date) { d.After = "1w" }), "2026-11-20", "", "2026-11-23T00:00:00Z", "2026-11-27T09:00:00Z"},

		"unix seconds":               {once, json.Number("1798102800"), "", "2026-11-23T00:00:00Z", "2026-12-24T09:00:00Z"},
		"unix seconds as a text":     {once, "1798102800", "", "2026-11-23T00:00:00Z", "2026-12-24T09:00:00Z"},
		"unix seconds as a float":    {once, 1798102800.5, "", "2026-11-23T00:00:00Z", "2026-12-24T09:00:00Z"},
		"before 1970":                {yearly, json.Number("-600000000"), "", "2026-11-23T00:00:00Z", "2026-12-27T09:00:00Z"},
		"zero is no date":            {yearly, json.Number("0"), "", "2026-11-23T00:00:00Z", ""},
		"zero as a text":             {yearly, "0", "", "2026-11-23T00:00:00Z", ""},
		"milliseconds are none":      {once, json.Number("1798102800000"), "", "2026-11-23T00:00:00Z", ""},
		"an ISO time":                {once, "2026-12-24T18:30:00Z", "", "2026-11-23T00:00:00Z", "2026-12-24T09:00:00Z"},
		"an ISO time with offset":    {once, "2026-12-24T23:30:00-05:00", "", "2026-11-23T00:00:00Z", "2026-12-25T09:00:00Z"},
		"an offset without colon":    {once, "2026-12-24T23:30:00-0500", "", "2026-11-23T00:00:00Z", "2026-12-25T09:00:00Z"},
		"an ISO time to the minute":  {once, "2026-12-24T18:30Z", "", "2026-11-23T00:00:00Z", "2026-12-24T09:00:00Z"},
		"with fractions of a second": {once, "2026-12-24T18:30:00.123Z", "", "2026-11-23T00:00:00Z", "2026-12-24T09:00:00Z"},
		"without a zone":             {once, "2026-12-24T18:30:00", "", "2026-11-23T00:00:00Z", "2026-12-24T09:00:00Z"},
		"with a space":               {once, "2026-12-24 18:30:00", "", "2026-11-23T00:00:00Z", "2026-12-24T09:00:00Z"},
		"space around it":            {once, " 2026-12-24 ", "", "2026-11-23T00:00:00Z", "2026-12-24T09:00:00Z"},
		"no such day":                {once, "2027-02-29", "", "2026-11-23T00:00:00Z", ""},
		"words":                      {once, "soon", "", "2026-11-23T00:00:00Z", ""},
		"nothing":                    {once, nil, "", "2026-11-23T00:00:00Z", ""},
		"a list":                     {once, []any{"2026-12-24"}, "", "2026-11-23T00:00:00Z", ""},
		"true":                       {once, true, "", "2026-11-23T00:00:00Z", ""},

		"a zone":                              {in(once, "Europe/Berlin", "09:00"), "2026-12-24", "", "2026-11-23T00:00:00Z", "2026-12-24T08:00:00Z"},
		"a zone in summer":                    {in(yearly, "Europe/Berlin", "09:00"), "1990-07-01", "", "2026-11-23T00:00:00Z", "2027-07-01T07:00:00Z"},
		"a moment is the day it is there":     {in(once, "Asia/Tokyo", "09:00"), "2026-12-24T20:00:00Z", "", "2026-11-23T00:00:00Z", "2026-12-25T00:00:00Z"},
		"a day is that day anywhere":          {in(once, "Pacific/Kiritimati", "09:00"), "2026-12-24", "", "2026-11-23T00:00:00Z", "2026-12-23T19:00:00Z"},
		"the person's zone is not heeded":     {once, "2026-12-24", "Asia/Tokyo", "2026-11-23T00:00:00Z", "2026-12-24T09:00:00Z"},
		"the person's zone":                   {with(once, func(d *Date) { d.PersonZone = true }), "2026-12-24", "Asia/Tokyo", "2026-11-23T00:00:00Z", "2026-12-24T00:00:00Z"},
		"the person's zone is none":           {with(in(once, "Europe/Berlin", "09:00"), func(d *Date) { d.PersonZone = true }), "2026-12-24", "+02:00", "2026-11-23T00:00:00Z", "2026-12-24T08:00:00Z"},
		"an hour left out, east":              {in(once, "Europe/Berlin", "02:30"), "2027-03-28", "", "2026-11-23T00:00:00Z", "2027-03-28T01:30:00Z"},
		"an hour left out, west":              {in(once, "America/New_York", "02:30"), "2027-03-14", "", "2026-11-23T00:00:00Z", "2027-03-14T07:30:00Z"},
		"a midnight left out":                 {in(once, "Africa/Cairo", "00:00"), "2027-04-30", "", "2026-11-23T00:00:00Z", "2027-04-29T22:00:00Z"},
		"an hour that comes twice, east":      {in(once, "Europe/Berlin", "02:30"), "2027-10-31", "", "2026-11-23T00:00:00Z", "2027-10-31T00:30:00Z"},
		"an hour that comes twice, west":      {in(once, "America/New_York", "01:30"), "2027-11-07", "", "2026-11-23T00:00:00Z", "2027-11-07T05:30:00Z"},
		"and is over after the first":         {in(yearly, "Europe/Berlin", "02:30"), "1990-10-31", "", "2027-10-31T00:30:00Z", "2028-10-31T01:30:00Z"},
		"the day's end":                       {in(once, "UTC", "24:00"), "2026-12-24", "", "2026-11-23T00:00:00Z", "2026-12-25T00:00:00Z"},
		"days before, over a change of clock": {with(in(once, "Europe/Berlin", "09:00"), func(d *Date) { d.Before = "2d" }), "2027-03-29", "", "2026-11-23T00:00:00Z", "2027-03-27T08:00:00Z"},

		"far past":            {yearly, "0004-02-29", "", "2026-11-23T00:00:00Z", "2027-02-28T09:00:00Z"},
		"far past, monthly":   {monthly, "0004-01-31", "", "2026-11-23T00:00:00Z", "2026-11-30T09:00:00Z"},
		"far future":          {yearly, "5000-06-01", "", "2026-11-23T00:00:00Z", "5000-06-01T09:00:00Z"},
		"far future, over it": {monthly, "2020-01-31", "", "9000-02-01T00:00:00Z", "9000-02-28T09:00:00Z"},
		"a wrong time of day": {in(once, "UTC", "25:00"), "2026-12-24", "", "2026-11-23T00:00:00Z", ""},
	} {
		got := test.date.Next(test.value, test.zone, at(t, test.after))
		if want := at(t, test.want); !got.Equal(want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Occurrences come one after the other, none twice and none left out.
func TestDatesComeInOrder(t *testing.T) {
	for _, zone := range []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"} {
		for _, clock := range []string{"00:00", "01:30", "02:15", "02:30", "24:00"} {
			d := Date{At: clock, Zone: zone, Repeat: RepeatMonthly}
			last := d.Next("2020-01-31", "", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
			for range 60 {
				next := d.Next("2020-01-31", "", last)
				if days := next.Sub(last).Hours() / 24; days < 27 || days > 33 {
					t.Fatalf("%s %s: %s after %s", zone, clock, next, last)
				}
				last = next
			}
		}
	}
}

func TestWindowOpens(t *testing.T) {
	office := []string{"mon", "tue", "wed", "thu", "fri"}
	for name, test := range map[string]struct {
		days           []string
		from, to, zone string
		now, want      string
	}{
		"open":                           {office, "09:00", "17:00", "UTC", "2026-11-23T12:00:00Z", "2026-11-23T12:00:00Z"},
		"opens later today":              {office, "09:00", "17:00", "UTC", "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z"},
		"opens at this moment":           {office, "09:00", "17:00", "UTC", "2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z"},
		"closes at this moment":          {office, "09:00", "17:00", "UTC", "2026-11-23T17:00:00Z", "2026-11-24T09:00:00Z"},
		"over the weekend":               {office, "09:00", "17:00", "UTC", "2026-11-27T17:30:00Z", "2026-11-30T09:00:00Z"},
		"one day a week, over":           {[]string{"mon"}, "09:00", "17:00", "UTC", "2026-11-23T18:00:00Z", "2026-11-30T09:00:00Z"},
		"the whole day":                  {[]string{"mon"}, "00:00", "24:00", "UTC", "2026-11-23T23:59:59Z", "2026-11-23T23:59:59Z"},
		"the whole day, over":            {[]string{"mon"}, "00:00", "24:00", "UTC", "2026-11-24T00:00:00Z", "2026-11-30T00:00:00Z"},
		"over midnight, evening":         {[]string{"fri"}, "22:00", "06:00", "UTC", "2026-11-27T23:00:00Z", "2026-11-27T23:00:00Z"},
		"over midnight, next morning":    {[]string{"fri"}, "22:00", "06:00", "UTC", "2026-11-28T05:00:00Z", "2026-11-28T05:00:00Z"},
		"over midnight, over":            {[]string{"fri"}, "22:00", "06:00", "UTC", "2026-11-28T06:00:00Z", "2026-12-04T22:00:00Z"},
		"the morning of another day":     {[]string{"fri"}, "22:00", "06:00", "UTC", "2026-11-27T05:00:00Z", "2026-11-27T22:00:00Z"},
		"from and to the same":           {[]string{"mon"}, "08:00", "08:00", "UTC", "2026-11-24T07:00:00Z", "2026-11-24T07:00:00Z"},
		"no day":                         {nil, "09:00", "17:00", "UTC", "2026-11-23T12:00:00Z", ""},
		"by other clocks":                {office, "09:00", "17:00", "America/New_York", "2026-11-23T12:00:00Z", "2026-11-23T14:00:00Z"},
		"another weekday there":          {[]string{"tue"}, "09:00", "17:00", "Pacific/Kiritimati", "2026-11-23T20:00:00Z", "2026-11-23T20:00:00Z"},
		"begins in an hour left out":     {[]string{"sun"}, "02:30", "05:00", "America/New_York", "2027-03-14T05:00:00Z", "2027-03-14T07:30:00Z"},
		"begins there, in the east":      {[]string{"sun"}, "02:30", "05:00", "Europe/Berlin", "2027-03-28T00:00:00Z", "2027-03-28T01:30:00Z"},
		"ends in an hour left out":       {[]string{"sun"}, "01:00", "02:30", "America/New_York", "2027-03-14T07:15:00Z", "2027-03-14T07:15:00Z"},
		"begins in an hour that is two":  {[]string{"sun"}, "02:30", "05:00", "Europe/Berlin", "2027-10-31T00:00:00Z", "2027-10-31T00:30:00Z"},
		"a midnight left out":            {[]string{"fri"}, "00:00", "04:00", "Africa/Cairo", "2027-04-29T12:00:00Z", "2027-04-29T22:00:00Z"},
		"half past, on such a midnight":  {[]string{"fri"}, "12:00", "13:00", "Africa/Cairo", "2027-04-28T22:30:00Z", "2027-04-30T09:00:00Z"},
		"far past":                       {office, "09:00", "17:00", "UTC", "0004-02-28T08:00:00Z", "0004-03-01T09:00:00Z"},
		"far future":                     {office, "09:00", "17:00", "UTC", "8000-01-01T08:00:00Z", "8000-01-03T09:00:00Z"},
		"a time of day that is not one":  {office, "9 am", "17:00", "UTC", "2026-11-23T12:00:00Z", ""},
		"a window of a minute, just now": {office, "12:00", "12:01", "UTC", "2026-11-23T12:00:59Z", "2026-11-23T12:00:59Z"},
	} {
		zone, ok := Zone(test.zone)
		if !ok {
			t.Fatalf("%s: no zone %s", name, test.zone)
		}
		w := TimeWindow{Days: test.days, From: test.from, To: test.to}
		if got, want := w.Opens(at(t, test.now), zone), at(t, test.want); !got.Equal(want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Whatever the time, a window is open at the moment at which it says it opens.
func TestWindowIsOpenWhenItOpens(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"} {
		zone, _ := Zone(name)
		for _, w := range []TimeWindow{
			{Days: []string{"sun"}, From: "02:15", To: "02:45"}, {Days: []string{"fri", "sun"}, From: "00:00", To: "01:00"},
			{Days: []string{"sat"}, From: "23:30", To: "02:30"}, {Days: Weekdays, From: "00:00", To: "24:00"},
		} {
			for now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC); now.Year() == 2027; now = now.Add(97 * time.Minute) {
				opens := w.Opens(now, zone)
				if opens.Before(now) || opens.Sub(now) > 8*24*time.Hour || !w.Opens(opens, zone).Equal(opens) {
					t.Fatalf("%s %s–%s at %s: %s", name, w.From, w.To, now, opens)
				}
			}
		}
	}
}

func TestZone(t *testing.T) {
	for name, want := range map[string]bool{
		"Europe/Berlin": true, "UTC": true, "Canada/Pacific": true,
		"": false, "Local": false, "local": false, "+02:00": false, "Europe/Nowhere": false, "../passwd": false, "/etc/localtime": false,
	} {
		if _, ok := Zone(name); ok != want {
			t.Errorf("%q is a zone: %v", name, ok)
		}
	}
}
