package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeCertificate makes a certificate for this machine, as a client that
// trusts it needs it, in two files.
func writeCertificate(t *testing.T, cert, key string, serial int64) *x509.CertPool {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	must(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	must(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return pool
}

// A client that insists on HTTPS is answered, beside those that do not.
func TestHTTPS(t *testing.T) {
	cert, key := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	pool := writeCertificate(t, cert, key, 1)
	cmd := serve{Addr: "127.0.0.1:0", TLSAddr: "127.0.0.1:0", TLSCert: cert, TLSKey: key}
	doors, err := cmd.doors()
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, len(doors))
	for _, d := range doors {
		go func() {
			ended <- listen(ctx, d, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
		}()
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	for i, want := range []string{"HTTP/1.1", "HTTP/2.0"} {
		answer, err := client.Get(doors[i].url())
		must(t, err)
		body, err := io.ReadAll(answer.Body)
		must(t, err)
		answer.Body.Close()
		if string(body) != want {
			t.Errorf("%s: %s", doors[i].url(), body)
		}
	}
	if !strings.HasPrefix(doors[1].url(), "https://") {
		t.Error(doors[1].url())
	}
	client.CloseIdleConnections()
	stop()
	for range doors {
		must(t, <-ended)
	}

	alone := serve{Addr: "127.0.0.1:0", TLSCert: cert, TLSKey: key}
	one, err := alone.doors()
	must(t, err)
	if len(one) != 1 || !strings.HasPrefix(one[0].url(), "https://") {
		t.Errorf("%d doors, the first %s", len(one), one[0].url())
	}
	one[0].Close()
}

func TestHTTPSNeedsItsFiles(t *testing.T) {
	for want, cmd := range map[string]serve{
		"needs both":       {TLSCert: "cert.pem"},
		"both --tls-cert":  {TLSAddr: "127.0.0.1:0"},
		"no such file":     {TLSCert: "missing.pem", TLSKey: "missing.pem"},
		"listen tcp: addr": {Addr: "nowhere"},
	} {
		if _, err := cmd.doors(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestRenewedCertificate(t *testing.T) {
	cert, key := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	c := &certificate{cert: cert, key: key}
	serial := func() int64 {
		t.Helper()
		c.looked = time.Time{}
		pair, err := c.get(nil)
		must(t, err)
		return pair.Leaf.SerialNumber.Int64()
	}
	writeCertificate(t, cert, key, 1)
	if serial() != 1 {
		t.Error("not the first")
	}
	later := time.Now().Add(time.Minute)
	must(t, os.WriteFile(cert, []byte("half a file"), 0o600))
	must(t, os.Chtimes(cert, later, later))
	if serial() != 1 {
		t.Error("a broken file took the place of a good one")
	}
	writeCertificate(t, cert, key, 2)
	must(t, os.Chtimes(cert, later.Add(time.Second), later.Add(time.Second)))
	if serial() != 2 {
		t.Error("the renewed one is not in use")
	}
}
