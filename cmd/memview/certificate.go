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
	"slices"
	"strings"
	"time"
)

// A certificate that is made at the start is good for so long, and some time before, for clocks that are late.
const (
	certificateLife  = 30 * 24 * time.Hour
	certificateEarly = time.Hour
)

const certificateType = "CERTIFICATE" // of a PEM block

// newCertificate makes a certificate for hosts, and the authority that signed it, as PEM. The authority's key is forgotten: who trusts it trusts
// this certificate alone.
func newCertificate(hosts []string) (*tls.Certificate, []byte, error) {
	root := &x509.Certificate{
		Subject: pkix.Name{CommonName: "memview serve, of one run"}, BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
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
	return made, pem.EncodeToMemory(&pem.Block{Type: certificateType, Bytes: authority.Raw}), nil
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

// writeCertificate writes a certificate to a file that is new, or holds one: nothing else is lost, such as a key.
func writeCertificate(path string, text []byte) error {
	old, err := os.ReadFile(path)
	switch {
	case err == nil && !bytes.HasPrefix(old, []byte("-----BEGIN "+certificateType+"-----")):
		return fmt.Errorf("%s: %w, and holds no certificate: name a new file", path, fs.ErrExist)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return os.WriteFile(path, text, 0o644) // it is for everybody to trust
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
	if name, err := os.Hostname(); err == nil && name != "" {
		hosts = append(hosts, name)
	}
	return append(hosts, "localhost")
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

// nameOf is a name that a certificate has, for links: the first without a wildcard, or an address.
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
