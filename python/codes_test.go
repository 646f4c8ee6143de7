package main

import "testing"

// TestStructReads has the answers of struct.calcsize, of CPython 3.11.
func TestStructReads(t *testing.T) {
	pythonVersion = 0x030B0000
	for text, want := range map[string]bool{
		"": true, "i": true, "@i": true, "=i": true, "<i": true, ">i": true, "!i": true, "@": true, "<": true,
		"3i": true, " i": true, "i i": true, "i\t\v3h": true, "0i": true, "3s": true, "3p": true, "x": true, "3x": true,
		"n": true, "@N": true, "P": true, "?": true, "e": true, "<e": true, "2h3b": true, "00012c": true,
		"<n": false, "=N": false, ">P": false, "^i": false, "i<h": false, "@@i": false, "3": false, "i3": false, "3 i": false,
		"T{i}": false, "(2)i": false, "i:a:": false, "g": false, "w": false, "u": false, "O": false, "&i": false,
		"Zd": false, "F": false, "D": false, "t": false, "k": false, "-1i": false, "é": false,
	} {
		if got := structReads(text); got != want {
			t.Errorf("structReads(%q) is %v, want %v", text, got, want)
		}
	}
}

// TestNativeCodes has the codes of which memoryview(bytes(16)).cast takes each.
func TestNativeCodes(t *testing.T) {
	for version, codes := range map[uint]string{0x030A0000: "cbBhHiIlLqQnNfd?P", 0x030B0000: "cbBhHiIlLqQnNfd?P", 0x030C0000: "cbBhHiIlLqQnNfd?Pe"} {
		pythonVersion = version
		for i := range codes {
			code := codes[i : i+1]
			if nativeCode(code) != code || nativeCode("@"+code) != code {
				t.Errorf("%x: %q is no native code", version, code)
			}
		}
		for _, text := range []string{"", "@", "x", "s", "p", "g", "w", "<i", "ii", "@ii", "@@i"} {
			if got := nativeCode(text); got != "" {
				t.Errorf("%x: %q is the native code %q", version, text, got)
			}
		}
	}
	if pythonVersion = 0x030B0000; nativeCode("e") != "" {
		t.Error("e is native before 3.12")
	}
}
