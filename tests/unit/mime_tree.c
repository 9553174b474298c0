/*
 * mime_tree.c - XML and JSON as a stream of elements, well formed and not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "dissectors/mime/report/tree.h"

static void
on_begin(void *self, slice name)
{
	buf_add_byte(self, '<');
	buf_add(self, name);
	buf_add_byte(self, '>');
}

static void
on_text(void *self, slice text)
{
	buf_add(self, text);
}

static void
on_end(void *self)
{
	buf_add_byte(self, ';');
}

struct reader {
	void (*init)(struct tree_stream *, const struct tree_user *);
	void (*feed)(struct tree_stream *, slice);
};

static const struct reader xml = { tree_xml_init, tree_xml_feed }, json = { tree_json_init, tree_json_feed };

/* What is told; behind it "." if it ended, "!" if it is broken. */
static void
read_all(const struct reader *reader, slice in, size_t step, struct buf *out)
{
	struct tree_user user = { out, on_begin, on_text, on_end };
	struct tree_stream s;

	reader->init(&s, &user);
	for (; in.n > 0; in = slice_drop(in, step))
		reader->feed(&s, slice_take(in, step));
	buf_text(out, s.done ? "." : s.broken ? "!" : "");
	buf_add_byte(out, '\0');
}

struct sample { const char *in, *out; };

static void
check(const struct reader *reader, const struct sample *samples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t step = 1; step < 20; step++) {
			struct buf out;

			buf_init(&out, 64 * KiB);
			read_all(reader, slice_of(samples[i].in), step == 19 ? SIZE_MAX : step, &out);
			assert_string_equal((const char *)out.p, samples[i].out);
			buf_fini(&out);
		}
	}
}

static void
test_xml(void **unused)
{
	static const struct sample samples[] = {
		{ "<a/>", "<a>;." },
		{ "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<a>1</a> behind", "<a>1;." },
		{ "<a><b>1</b><b >2</b\t></a>", "<a><b>1;<b>2;;." },
		{ "<x:a xmlns:x=\"u>r/l\" y='<'><x:b/></x:a>", "<a><b>;;." },
		{ "<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x20ac;&#xD800;</a>", "<a><&>\"'A€\xef\xbf\xbd;." },
		{ "<!DOCTYPE a SYSTEM \"[x>\"><a/>", "<a>;." },
		{ "<!-- <b> - -- > --><a>x<!-- y --->z</a>", "<a>xz;." },
		{ "<a><![CDATA[<b>]] ]]]&x]>]]></a>", "<a><b>]] ]]]&x]>;." },
		{ "<a><![CDATA[]]]]></a>", "<a>]];." },
		{ "<a><?p i?b?>x</a>", "<a>x;." },
		/* Not well formed, or not for us. */
		{ "<a><b></a>", "<a><b>!" },
		{ "<x:a></y:a>", "<a>!" },
		{ "</a>", "!" },
		{ "<>", "!" },
		{ "<a><b<c/></a>", "<a>!" },
		{ "<a>&nbsp;</a>", "<a>!" },
		{ "<a>&#1114112;</a>", "<a>!" },
		{ "<a>&#;</a>", "<a>!" },
		{ "<a>&#x99999999999999999;</a>", "<a>!" },
		{ "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "!" },
		{ "<a><!DOCTYPE b></a>", "<a>!" },
		{ "<!ELEMENT a>", "!" },
		{ "<a/ >", "!" },
		{ "&lt;<a/>", "!" },
		{ "<a>never ends", "<a>never ends" },
		{ "", "" },
	};

	(void)unused;
	check(&xml, samples, sizeof samples / sizeof *samples);
}

static void
test_json(void **unused)
{
	static const struct sample samples[] = {
		{ "{}", "<>;." },
		{ " [ ] ", "." },
		{ "\xef\xbb\xbf{\"a\" : 1 , \"b\":\"x\"} behind", "<><a>1;<b>x;;." },
		{ "{\"a\":[1,-2.5e+7,true,null,{\"b\":[]}]}", "<><a>1;<a>-2.5e+7;<a>true;<a>;<a>;;." },
		{ "{\"a\":[[1],[{\"b\":2}]],\"c\":3}", "<><a>1;<a><b>2;;<c>3;;." },
		{ "\"x\"", "<>x;." },
		{ "{\"a\":\"\\\"\\\\\\/\\n\\u0041\\u20ac\\uD83D\\uDE00\\ud83dx\\ud83d\"}",
		    "<><a>\"\\/\nA€😀\xef\xbf\xbdx\xef\xbf\xbd;;." },
		{ "{\"a\":\"\\ud83d\\ud83d\\ude00\\udc00\"}", "<><a>\xef\xbf\xbd😀\xef\xbf\xbd;;." },
		{ "{\"\\u0061b\":\"\",}", "<><ab>;;." },
		{ "{\"a\":1]", "<><a>1;!" },
		{ "[1}", "<>1;!" },
		{ "{\"a\" 1}", "<>!" },
		{ "{a:1}", "<>!" },
		{ "{\"a\":\"\\x\"}", "<><a>!" },
		{ "{\"a\":\"\\u00g0\"}", "<><a>!" },
		{ "]", "!" },
		{ "}", "!" },
		{ "{\"a\":\"never ends", "<><a>never ends" },
	};

	(void)unused;
	check(&json, samples, sizeof samples / sizeof *samples);
}

/* Deeper than that nothing is told; and names are cut. */
static void
test_bounds(void **unused)
{
	struct buf in, out;

	(void)unused;
	buf_init(&in, MiB);
	buf_init(&out, 4 * MiB);
	for (unsigned i = 0; i < 100000; i++)
		buf_text(&in, "<a>");
	read_all(&xml, buf_slice(&in), 1000, &out);
	assert_int_equal(out.n, 3 * LIMIT_TREE_DEPTH + 2);
	buf_clear(&in);
	buf_clear(&out);
	for (unsigned i = 0; i < 100000; i++)
		buf_add_byte(&in, '[');
	read_all(&json, buf_slice(&in), 1000, &out);
	assert_string_equal((const char *)out.p, "!");

	buf_clear(&in);
	buf_clear(&out);
	buf_add_byte(&in, '<');
	for (unsigned i = 0; i < 1000; i++)
		buf_add_byte(&in, 'n');
	buf_text(&in, "/>");
	read_all(&xml, buf_slice(&in), 7, &out);
	assert_int_equal(out.n, 1 + LIMIT_TREE_NAME + 1 + 1 + 1 + 1);
	buf_fini(&in);
	buf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xml),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
