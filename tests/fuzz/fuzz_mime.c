/*
 * fuzz_mime.c - a message into its parts, fed whole and fed cut: the same tree, with the same sizes and contents, and the same
 * findings. Parts nest, end once, and have the bytes that their ends say (mime_tree.h looks after that); no leaf has more bytes
 * than the message, and all of them together no more than its depth allows.
 *
 * Input: one byte that says how to cut, one that says whether bytes are lost and where, then the message.
 */
#include <stdio.h>

#include "tests/unit/mime_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EVERYTHING = WANT_SHA256 | WANT_JUDGEMENT | WANT_INSIDE, LOST = 100 };

static void
run(struct tree *t, slice in, size_t cut, size_t gap, struct buf *out)
{
	tree_init(t, EVERYTHING, true);
	tree_pieces(t, slice_take(in, gap), cut);
	if (gap < in.n) {
		tree_gap(t, LOST);
		tree_pieces(t, slice_drop(in, gap), cut);
	}
	tree_finish(t, true);
	for (size_t i = 0; i < t->n; i++)
		CHECK(t->part[i].kind == PART_UNPACKED || t->part[i].size <= in.n);
	CHECK(t->bytes <= in.n * (LIMIT_MIME_DEPTH + 1));
	buf_init(out, SIZE_MAX);
	tree_write(t, out);
	for (size_t i = 0; i < t->n; i++)
		buf_add(out, buf_slice(&t->part[i].content));
	tree_fini(t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole, cut;
	struct tree t;
	slice in;
	size_t gap;

	if (size < 2)
		return 0;
	in = (slice){ data + 2, size - 2 };
	gap = data[1] == 0 ? SIZE_MAX : in.n * data[1] / 256;
	run(&t, in, 0, gap, &whole);
	run(&t, in, 1 + data[0] % 64u, gap, &cut);
	if (!slice_eq(buf_slice(&whole), buf_slice(&cut)))
		fprintf(stderr, "whole:\n%.*s\ncut:\n%.*s\n", (int)whole.n, (const char *)whole.p, (int)cut.n, (const char *)cut.p);
	CHECK(slice_eq(buf_slice(&whole), buf_slice(&cut)));
	buf_fini(&whole);
	buf_fini(&cut);
	return 0;
}
