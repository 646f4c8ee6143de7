package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A certificate that is made at the start is good for so long, and some time before, for clocks that are late.
const (
	certificateLife  = 30 * 24 * time.Hour
	certificateEarly = time.Hour
)

// authorityName is by what an authority is known that was made here.
const authorityName = "memview serve, of one run"

// newCertificate makes a certificate for hosts, and the authority that signed it, as PEM. The authority's key is forgotten: who trusts it trusts
// this certificate alone.
func newCertificate(hosts []string) (*tls.Certificate, []byte, error) {
	root := &x509.Certificate{
		Subject: pkix.Name{CommonName: authorityName}, BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	rootKey, authority, err := sign(root, root, nil)
	if err != nil {
		return nil, nil, err
	}
	leaf := &x509.Certificate{
		Subject: pkix.Name{CommonName: "memview serve"}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		} else {
			leaf.DNSNames = append(leaf.DNSNames, host)
		}
	}
	key, certificate, err := sign(leaf, authority, rootKey)
	if err != nil {
		return nil, nil, err
	}
	made := &tls.Certificate{Certificate: [][]byte{certificate.Raw}, PrivateKey: key, Leaf: certificate}
	return made, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Raw}), nil
}

// sign makes a key, and a certificate for it that the parent's key signs, or its own where that is nil.
func sign(template, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*ecdsa.PrivateKey, *x509.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	if parentKey == nil {
		parentKey = key
	}
	template.NotBefore = time.Now().Add(-certificateEarly)
	template.NotAfter = time.Now().Add(certificateLife)
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		return nil, nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	return key, certificate, err
}

// writeCertificate writes a certificate to a file that is new, or that holds one made before and nothing else: no key is lost, and nobody else's
// certificate. The file is put in place as a whole, so that it is never somebody else's, or cut short.
func writeCertificate(path string, text []byte) error {
	old, err := readRegular(path)
	switch {
	case err == nil && !isAuthority(old):
		return fmt.Errorf("%s: %w, and holds something else than a certificate that memview serve wrote: name a new file", path, fs.ErrExist)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".memview-*.pem")
	if err != nil {
		return fmt.Errorf("%s: no file can be made in its folder: %w", path, err)
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Close()) // it is for everybody to trust
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// readRegular reads a file, unless it is one that has no end, or that waits for somebody.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s: %w, and is no regular file: name a new one", path, fs.ErrExist)
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// isAuthority tells that a text is what newCertificate returned once.
func isAuthority(text []byte) bool {
	block, rest := pem.Decode(text)
	if block == nil || len(rest) > 0 || !bytes.HasPrefix(text, []byte("-----BEGIN")) {
		return false
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	return err == nil && certificate.Subject.CommonName == authorityName
}

// hostsOf are the names and addresses under which a server is reached that is bound to a host: the first is for links.
func hostsOf(host string) []string {
	ip := net.ParseIP(host)
	if host != "" && (ip == nil || !ip.IsUnspecified()) {
		return []string{host}
	}
	var hosts []string
	addresses, err := net.InterfaceAddrs()
	if err == nil {
		for _, a := range addresses {
			if network, ok := a.(*net.IPNet); ok && !network.IP.IsLinkLocalUnicast() {
				hosts = append(hosts, network.IP.String())
			}
		}
	}
	slices.SortStableFunc(hosts, func(a, b string) int { return rankOf(a) - rankOf(b) })
	if name, err := os.Hostname(); err == nil && isHostname(name) {
		hosts = append(hosts, name)
	}
	return append(hosts, "localhost")
}

// isHostname tells names that a certificate can hold: Windows has machines with other letters.
func isHostname(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
}

// rankOf puts addresses that others reach before this machine's own, and short ones before long ones.
func rankOf(address string) int {
	rank := 0
	if net.ParseIP(address).IsLoopback() {
		rank = 2
	}
	if strings.Contains(address, ":") {
		rank++
	}
	return rank
}

// nameOfCertificate is a name that a certificate has, for links: the first without a wildcard, or an address.
func nameOfCertificate(c *x509.Certificate) string {
	for _, name := range c.DNSNames {
		if !strings.Contains(name, "*") {
			return name
		}
	}
	if len(c.IPAddresses) > 0 {
		return c.IPAddresses[0].String()
	}
	return ""
}
