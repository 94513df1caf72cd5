package channel

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
)

// errPrivate is the refusal to connect to an address that is not public.
var errPrivate = errors.New("the address is inside a private network. An operator can allow those")

// private are the networks that a webhook has no business in, beyond what
// netip knows by itself: the special-purpose registries of RFC 6890 and the
// ways to write an IPv4 address as an IPv6 one.
var private = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "240.0.0.0/4", "168.63.129.16/32",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
)

func prefixes(all ...string) []netip.Prefix {
	parsed := make([]netip.Prefix, len(all))
	for i, one := range all {
		parsed[i] = netip.MustParsePrefix(one)
	}
	return parsed
}

// isPublic is whether an address is one of the public internet: not this
// machine, not its networks, not a cloud's metadata service, not many at once.
func isPublic(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if !ip.IsValid() || !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return false
	}
	for _, network := range private {
		if network.Contains(ip) {
			return false
		}
	}
	return true
}

// guard refuses to connect to what is not public. It is asked with the address
// that is about to be connected to, so a name that resolves differently the
// second time does not help.
func guard(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !isPublic(ip) {
		return errPrivate
	}
	return nil
}
