package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// updatePage writes the figures of a page anew.
func updatePage(page, record string) error {
	text, errPage := os.ReadFile(page)
	data, errRecord := os.ReadFile(record)
	if err := errors.Join(errPage, errRecord); err != nil {
		return err
	}
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		return err
	}
	updated, err := r.fill(string(text))
	if err != nil {
		return err
	}
	return os.WriteFile(page, []byte(updated), 0o644)
}

// marked is a figure in a page, with its name before it and a mark behind it, neither of which a reader sees.
var marked = regexp.MustCompile(`<!--([a-z0-9.]+)-->([^<\n]*)<!---->`)

// fill puts the figures, the machine and what follows from them into a page's places.
func (r Record) fill(page string) (string, error) {
	figures := r.Figures.plan()
	var errs []error
	page = marked.ReplaceAllStringFunc(page, func(place string) string {
		name := marked.FindStringSubmatch(place)[1]
		text := ""
		if figure, ok := figures[name]; ok {
			text = figure.String()
		} else if text = r.fact(name); text == "" {
			errs = append(errs, fmt.Errorf("the page wants a figure %s, and there is none", name))
		}
		return "<!--" + name + "-->" + text + "<!---->"
	})
	return page, errors.Join(errs...)
}

// fact is what is known of the machine under a name in small letters.
func (r Record) fact(name string) string {
	for _, fact := range r.Machine {
		if strings.ToLower(fact.Name) == name {
			return fact.Value
		}
	}
	return ""
}
