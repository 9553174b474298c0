/* Events of parts into the message record: the tree, files, facts, links; what is bounded, and that counts stay true. */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>

#include "record/fold.h"

static struct fold *fold;
static void (*look)(const struct rec_message *);
static unsigned messages;

static int
on_record(void *self, const struct record *r)
{
	(void)self;
	if (r->kind == REC_MESSAGE) {
		messages++;
		look(r->u.message);
	}
	return 0;
}

static void
feed(void *self, const struct event *e)
{
	(void)self;
	assert_int_equal(fold_event(fold, e), 0);
}

static struct script
start(unsigned keep, void (*looks)(const struct rec_message *))
{
	struct script s = { .feed = feed };

	fold = fold_new(&(struct fold_user){ NULL, on_record }, keep);
	look = looks;
	messages = 0;
	script_open(&s, 1);
	script_command(&s, "MAIL FROM:<a@b.example>");
	script_begin(&s, 1, "DATA");
	return s;
}

static void
finish(struct script *s)
{
	script_end(s, 100, true, 0);
	script_done(s, 1, MAIL_ACCEPTED, "data");
	script_close(s, WHY_FIN, DIR_CLIENT);
	fold_free(&fold);
	assert_int_equal(messages, 1);
}

static void
is_text(slice s, const char *text)
{
	if (!slice_eq(s, slice_of(text)))
		fail_msg("\"%.*s\" is not \"%s\"", (int)s.n, (const char *)s.p, text);
}

static void
tree_looks(const struct rec_message *m)
{
	static const uint8_t of_abc[] = { 0xba, 0x78, 0x16, 0xbf };
	const struct rec_part *p = m->part;

	assert_int_equal(m->npart, 5);
	assert_int_equal(m->parts, 4);			/* the unpacked one is none of the message's */
	assert_int_equal(m->attachments, 2);
	assert_int_equal(p[0].kind, PART_MULTIPART);
	assert_non_null(p[0].path.p);
	assert_int_equal(p[0].path.n, 0);
	assert_false(p[0].has_sha256);
	is_text(p[1].path, "1");
	is_text(p[1].content_type, "text/plain");
	is_text(p[1].charset, "utf-8");
	assert_null(p[1].filename.p);
	is_text(p[2].filename, "report.pdf");
	assert_int_equal(p[2].size, 3);
	assert_true(p[2].whole);
	assert_memory_equal(p[2].sha256, of_abc, sizeof of_abc);
	assert_int_equal(p[2].holder, 0);
	is_text(p[3].filename, "winmail.dat");
	assert_false(p[3].whole);
	assert_int_equal(p[3].missing, 1448);
	assert_false(p[3].has_sha256);
	assert_int_equal(p[4].kind, PART_UNPACKED);
	assert_null(p[4].path.p);
	assert_int_equal(p[4].holder, 4);
	assert_int_equal(p[4].nth, 1);
}

static void
tree(void **state)
{
	struct script s = start(FOLD_MESSAGES, tree_looks);

	(void)state;
	script_part(&s, 1, 0, PART_MULTIPART, "", "multipart/mixed", NULL);
	script_part(&s, 2, 1, PART_LEAF, "1", "text/plain", NULL);
	script_part_end(&s, 2, S("hello"), 0);
	script_part(&s, 3, 1, PART_LEAF, "2", "application/pdf", "report.pdf");
	script_part_end(&s, 3, S("abc"), 0);
	script_part(&s, 4, 1, PART_LEAF, "3", "application/ms-tnef", "winmail.dat");
	script_part(&s, 5, 4, PART_UNPACKED, NULL, "application/octet-stream", "inner.doc");
	script_part_end(&s, 5, S("abc"), 0);
	script_part_end(&s, 4, S("TNEF"), 1448);
	script_multipart_end(&s, 1);
	finish(&s);
}

static void
only_parts_looks(const struct rec_message *m)
{
	assert_int_equal(m->npart, 1);
	assert_null(m->subject.p);
}

/* Whoever writes parts to files needs no header; and the events of the rest are not asked for. */
static void
only_parts(void **state)
{
	struct script s = start(FOLD_PARTS, only_parts_looks);

	(void)state;
	script_part(&s, 1, 0, PART_LEAF, "1", "text/plain", NULL);
	script_part_end(&s, 1, S(""), 0);
	finish(&s);
	assert_true(fold_wants(FOLD_PARTS) & WANT(EV_PART_END));
	assert_false(fold_wants(FOLD_PARTS) & (WANT(EV_URL) | WANT(EV_PART_FACT) | WANT_JUDGEMENT));
	assert_true(fold_wants(FOLD_MESSAGES) & WANT_JUDGEMENT);
	assert_false(fold_wants(FOLD_MESSAGES) & (WANT_SHA256 | WANT(EV_PART_BYTES) | WANT(EV_PART_TEXT)));
	assert_false(fold_wants(0) & WANT(EV_PART_BEGIN));
}

static void
no_parts_looks(const struct rec_message *m)
{
	assert_int_equal(m->npart, 0);
	assert_int_equal(m->parts, 0);
}

static void
not_asked(void **state)
{
	struct script s = start(0, no_parts_looks);

	(void)state;
	script_part(&s, 1, 0, PART_LEAF, "1", "text/plain", NULL);
	script_url(&s, 1, "http://a.example/", "a.example", NULL);
	finish(&s);
}

static void
inside_looks(const struct rec_message *m)
{
	const struct rec_part *p = m->part;

	assert_int_equal(p[0].nfact, 2);
	assert_int_equal(p[0].fact[1].group, 1);
	is_text(p[0].fact[1].name, "Status");
	is_text(p[0].fact[1].value, "5.1.1");
	assert_int_equal(p[1].nmember, 2);
	assert_int_equal(p[1].members, 2);
	is_text(p[1].member[1].name, "b.txt");
	assert_int_equal(p[1].member[1].size, 7);
	assert_int_equal(p[1].member[1].packed, UINT64_MAX);
}

/* Of parts that are open at once, each gets its own. */
static void
facts_and_members(void **state)
{
	struct script s = start(FOLD_MESSAGES, inside_looks);

	(void)state;
	script_part(&s, 1, 0, PART_LEAF, "1", "message/delivery-status", NULL);
	script_part(&s, 2, 0, PART_LEAF, "2", "application/zip", "a.zip");
	script_fact(&s, 1, 1, "Action", "failed");
	script_member(&s, 2, "a.txt", 5);
	script_fact(&s, 1, 1, "Status", "5.1.1");
	script_member(&s, 2, "b.txt", 7);
	script_fact(&s, 9, 1, "Status", "of no part");
	script_member(&s, 0, "of no part", 7);
	finish(&s);
}

static void
urls_looks(const struct rec_message *m)
{
	assert_int_equal(m->urls, 2);
	assert_int_equal(m->nurl, 2);
	is_text(m->url[0].url, "http://a.example/");
	is_text(m->url[0].text, "www.bank.example");	/* told by the HTML, whichever came first */
	assert_int_equal(m->url[0].part, 1);
	is_text(m->url[1].host, "b.example");
	assert_null(m->url[1].text.p);
}

static void
urls_once(void **state)
{
	struct script s = start(FOLD_MESSAGES, urls_looks);

	(void)state;
	script_url(&s, 1, "http://a.example/", "a.example", NULL);
	script_url(&s, 1, "http://b.example/", "b.example", NULL);
	script_url(&s, 2, "http://a.example/", "a.example", "www.bank.example");
	script_url(&s, 2, "http://a.example/", "a.example", "here");
	finish(&s);
}

static void
many_looks(const struct rec_message *m)
{
	assert_int_equal(m->npart, LIMIT_MIME_PARTS);
	assert_int_equal(m->parts, LIMIT_MIME_PARTS + 5);
	assert_int_equal(m->nurl, LIMIT_URLS);
	assert_int_equal(m->urls, LIMIT_URLS + 5);
	assert_int_equal(m->part[0].nfact, LIMIT_FACTS);
	assert_int_equal(m->part[0].nmember, LIMIT_MEMBERS);
	assert_int_equal(m->part[0].members, LIMIT_MEMBERS + 5);
	assert_int_equal(m->ncut, 4);		/* parts, urls, facts, members */
	assert_false(m->truncated);
}

static void
bounded(void **state)
{
	struct script s = start(FOLD_MESSAGES, many_looks);
	char text[64];

	(void)state;
	for (unsigned i = 1; i <= LIMIT_MIME_PARTS + 5; i++)
		script_part(&s, i, 0, PART_LEAF, "1", "text/plain", NULL);
	for (unsigned i = 0; i < LIMIT_URLS + 5; i++) {
		snprintf(text, sizeof text, "http://%u.example/", i);
		script_url(&s, 1, text, "x.example", NULL);
	}
	for (unsigned i = 0; i < LIMIT_FACTS + 5; i++)
		script_fact(&s, 1, i, "Status", "2.0.0");
	for (unsigned i = 0; i < LIMIT_MEMBERS + 5; i++)
		script_member(&s, 1, "a", i);
	finish(&s);
}

/* An unpacked file's own files belong to the part with the path; a part that names itself as its parent to none. */
static void
holders_looks(const struct rec_message *m)
{
	assert_int_equal(m->part[2].holder, 1);
	assert_int_equal(m->part[2].nth, 2);
	assert_int_equal(m->part[3].holder, 0);
}

static void
holders(void **state)
{
	struct script s = start(FOLD_MESSAGES, holders_looks);

	(void)state;
	script_part(&s, 1, 0, PART_LEAF, "1", "application/ms-tnef", NULL);
	script_part(&s, 2, 1, PART_UNPACKED, NULL, "application/x-tar", "a");
	script_part(&s, 3, 2, PART_UNPACKED, NULL, "application/x-tar", "b");
	script_part(&s, 4, 4, PART_UNPACKED, NULL, "application/x-tar", "c");
	finish(&s);
}

static void
references_looks(const struct rec_message *m)
{
	assert_int_equal(m->nreference, 3);
	is_text(m->reference[0], "<1@a.example>");
	is_text(m->reference[1], "<2@a.example>");
	is_text(m->reference[2], "<3@a.example>");
}

static void
references(void **state)
{
	struct script s = start(FOLD_MESSAGES, references_looks);

	(void)state;
	script_header(&s, "References", "<1@a.example>\r\n\t(a comment) <2@a.example><3@a.example> <4");
	script_header(&s, "References", "<of-a-second-field@a.example>");
	finish(&s);
}

static void
hops_look(const struct rec_message *m)
{
	assert_int_equal(m->nhop, 3);
	is_text(m->hop[0].by, "mx.example.net");
	is_text(m->hop[0].with, "ESMTPS");
	is_text(m->hop[0].from, "relay.example.org");
	assert_int_equal(m->hop[0].delay, 2 * NSTIME_S);
	assert_int_equal(m->hop[1].delay, -60 * NSTIME_S);	/* clocks differ */
	assert_int_equal(m->hop[2].delay, NSTIME_NONE);
	assert_null(m->hop[2].from.p);
}

static void
hops(void **state)
{
	struct script s = start(FOLD_MESSAGES, hops_look);

	(void)state;
	script_header(&s, "Received", "from relay.example.org by mx.example.net\r\n\twith ESMTPS id 4F1D2; Sat, 21 Nov 2026 18:29:02 +0000");
	script_header(&s, "Received", "from desk.example.org by relay.example.org; Sat, 21 Nov 2026 19:29:00 +0100");
	script_header(&s, "Received", "by desk.example.org; Sat, 21 Nov 2026 18:30:00 +0000");
	finish(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tree),
		cmocka_unit_test(only_parts),
		cmocka_unit_test(not_asked),
		cmocka_unit_test(facts_and_members),
		cmocka_unit_test(urls_once),
		cmocka_unit_test(bounded),
		cmocka_unit_test(holders),
		cmocka_unit_test(references),
		cmocka_unit_test(hops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
