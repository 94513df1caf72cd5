package views

import "strings"

// zones is the time zones that forms suggest.
var zones = strings.Fields(`UTC
	Africa/Cairo Africa/Johannesburg Africa/Lagos Africa/Nairobi
	America/Anchorage America/Argentina/Buenos_Aires America/Bogota America/Chicago America/Denver America/Halifax
	America/Lima America/Los_Angeles America/Mexico_City America/New_York America/Phoenix America/Santiago
	America/Sao_Paulo America/St_Johns America/Toronto America/Vancouver
	Asia/Bangkok Asia/Dhaka Asia/Dubai Asia/Ho_Chi_Minh Asia/Hong_Kong Asia/Jakarta Asia/Jerusalem Asia/Karachi
	Asia/Kathmandu Asia/Kolkata Asia/Manila Asia/Riyadh Asia/Seoul Asia/Shanghai Asia/Singapore Asia/Taipei
	Asia/Tashkent Asia/Tehran Asia/Tokyo
	Atlantic/Azores Atlantic/Reykjavik
	Australia/Adelaide Australia/Brisbane Australia/Darwin Australia/Melbourne Australia/Perth Australia/Sydney
	Europe/Amsterdam Europe/Athens Europe/Berlin Europe/Bucharest Europe/Dublin Europe/Helsinki Europe/Istanbul
	Europe/Kyiv Europe/Lisbon Europe/London Europe/Madrid Europe/Moscow Europe/Paris Europe/Rome Europe/Stockholm
	Europe/Vienna Europe/Warsaw Europe/Zurich
	Pacific/Auckland Pacific/Fiji Pacific/Honolulu Pacific/Tongatapu`)
