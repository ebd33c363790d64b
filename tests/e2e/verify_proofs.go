// What the authors of Go's module mirror say of creditd's proofs: golang.org/x/mod/sumdb opens the
// signed notes and checks the tree. Reads one question a line (JSON), answers one line each: `ok`,
// or why not. Only the texts around the proofs (checkpoint, tlog-proof) are taken apart here.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type question struct {
	Kind    string
	Vkey    string
	Note    string   // the checkpoint; of a consistency proof, the newer one
	Old     string   // the older checkpoint
	Hashes  []string // a consistency proof
	Receipt string
	Entries []string // base64: every entry of the log
}

func openCheckpoint(vkey, text string) (tree tlog.Tree, err error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		return tree, fmt.Errorf("not the checkpoint of %s", verifier.Name())
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

func parseHashes(texts []string) (hashes []tlog.Hash, err error) {
	for _, text := range texts {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

func checkReceipt(vkey, receipt string) error {
	head, checkpoint, found := strings.Cut(receipt, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" ||
		!strings.HasPrefix(lines[1], "extra ") || !strings.HasPrefix(lines[2], "index ") {
		return fmt.Errorf("not a receipt")
	}
	entry, err := base64.StdEncoding.DecodeString(lines[1][len("extra "):])
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(lines[2][len("index "):], 10, 64)
	if err != nil {
		return err
	}
	path, err := parseHashes(lines[3:])
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(vkey, checkpoint)
	if err != nil {
		return err
	}
	if index < 0 || index >= tree.N {
		return fmt.Errorf("index %d of %d", index, tree.N)
	}
	return tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(entry))
}

func checkConsistency(q question) error {
	older, err := openCheckpoint(q.Vkey, q.Old)
	if err != nil {
		return err
	}
	newer, err := openCheckpoint(q.Vkey, q.Note)
	if err != nil {
		return err
	}
	proof, err := parseHashes(q.Hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash)
}

// checkEntries builds the whole tree anew.
func checkEntries(q question) error {
	tree, err := openCheckpoint(q.Vkey, q.Note)
	if err != nil {
		return err
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, 0, len(indexes))
		for _, index := range indexes {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	for n, text := range q.Entries {
		entry, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return err
		}
		hashes, err := tlog.StoredHashes(int64(n), entry, reader)
		if err != nil {
			return err
		}
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(int64(len(q.Entries)), reader)
	if err != nil {
		return err
	}
	if int64(len(q.Entries)) != tree.N || root != tree.Hash {
		return fmt.Errorf("%d entries give %v, the checkpoint says %d, %v", len(q.Entries), root,
			tree.N, tree.Hash)
	}
	return nil
}

func answer(line []byte) error {
	var q question
	if err := json.Unmarshal(line, &q); err != nil {
		return err
	}
	switch q.Kind {
	case "checkpoint":
		_, err := openCheckpoint(q.Vkey, q.Note)
		return err
	case "receipt":
		return checkReceipt(q.Vkey, q.Receipt)
	case "consistency":
		return checkConsistency(q)
	case "entries":
		return checkEntries(q)
	}
	return fmt.Errorf("unknown question %q", q.Kind)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<30)
	for lines.Scan() {
		if err := answer(lines.Bytes()); err != nil {
			fmt.Println(strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Println("ok")
		}
	}
	if lines.Err() != nil {
		fmt.Fprintln(os.Stderr, lines.Err())
		os.Exit(1)
	}
}
