/*
 * mime_openers_several.c - a part that several openers take: what they tell
 * comes in one order, and only one of them unpacks.
 */
#include "mime_openers.h"

#include "dissectors/mime/content/content.h"

static void
run_content(const struct content_about *about, slice in, size_t step, struct told *t)
{
	const struct opener_user user = { t, told_note, told_fact, told_member, told_unpack_begin, told_unpack_bytes, told_unpack_end };
	struct content_stream *c = content_new(about, &user, true);

	buf_init(&t->text, TOLD_MAX);
	buf_init(&t->bytes, TOLD_MAX);
	for (; in.n > 0; in = slice_drop(in, step))
		content_feed(c, slice_take(in, step));
	content_finish(c, true);
	content_free(&c);
}

static void
check_content(const struct content_about *about, slice in, const char *want)
{
	static const size_t steps[] = { SIZE_MAX, 1, 7, 100, 1000, 4096, 5000 };

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct told t = { .quiet = true };

		run_content(about, in, steps[i], &t);
		buf_add_byte(&t.text, '\0');
		assert_string_equal((const char *)t.text.p, want);
		told_fini(&t);
	}
}

/* A delivery status that is armor of PGP too. */
static void
test_order(void **unused)
{
	static const struct content_about status = { .content_type = SLICE("message/delivery-status") };

	(void)unused;
	check_content(&status, S(
	    "Reporting-MTA: dns; a\n"
	    "-----BEGIN PGP MESSAGE-----\n"
	    "Comment: x\n"
	    "\n"
	    "Status: 5.0.0\n"),
	    "0 Reporting-MTA: dns; a\n"
	    "0 Comment: x\n"
	    "0 armor: PGP MESSAGE\n"
	    "0 Comment: x\n"
	    "1 Status: 5.0.0\n");
}

/* winmail.dat whose text is armor with a file in it: the attachment must not get lost between the two. */
static void
test_one_unpacks(void **unused)
{
	static const struct content_about winmail = { .content_type = SLICE("application/ms-tnef") };
	static const char text[] = "\n-----BEGIN PGP MESSAGE-----\n\nyxFiA21zZ2oAAABIZWxsby4NCg==\n";
	struct buf in;

	(void)unused;
	buf_init(&in, KiB);
	buf_add(&in, S("\x78\x9f\x3e\x22\1\0" "\1\x0c\x80\2\0"));
	buf_add_byte(&in, sizeof text);
	buf_add(&in, S("\0\0\0"));
	buf_add(&in, (slice){ (const uint8_t *)text, sizeof text });
	buf_add(&in, S("\0\0" "\2\x0f\x80\6\0\4\0\0\0DATA\x1a\1"));
	check_content(&winmail, buf_slice(&in),
	    "file \"\" text/plain\n"
	    "0 wrong_sum: attBody: 0000 is written, 0f9f is right\n"
	    "| 59 bytes\n"
	    "end\n"
	    "file \"\" 4\n"
	    "| 4 bytes\n"
	    "end\n");
	buf_fini(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_one_unpacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
