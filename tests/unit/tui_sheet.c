/* Rows laid out: what stands where, how long lines are broken, and that nothing is lost or leaves its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clean.h"
#include "tui/widgets/explain.h"

static const struct when relative = { .format = TIME_RELATIVE, .digits = 6, .relative_digits = 3 };

static struct sheet_look
look_of(int width)
{
	return (struct sheet_look){ .when = relative, .times = 5, .width = width };
}

static void
assert_laid(const struct sheet_look *look, const struct row *row, const struct row *above, const char *expected)
{
	struct sheet s;
	struct buf out;

	sheet_init(&s);
	buf_init(&out, 1 << 20);
	sheet_row(&s, look, row, 0, above);
	sheet_print(&s, &out);
	buf_add_byte(&out, 0);
	assert_string_equal((const char *)out.p, expected);
	sheet_fini(&s);
	buf_fini(&out);
}

static struct row
reply(slice text, slice answers)
{
	return (struct row){ .kind = ROW_SERVER, .time = 32 * NSTIME_MS, .wait = 10 * NSTIME_MS, .dir = DIR_SERVER, .text = text,
	    .answers = answers, .line_end = 2 };
}

static void
test_columns(void **state)
{
	struct sheet_look look = look_of(80), narrow = look_of(40), timeless = look_of(80);
	struct row row = reply(S("250 2.1.5 Ok"), S("RCPT bob@example.net"));

	(void)state;
	assert_laid(&look, &row, NULL, " 0.032   10 ms  S 250 2.1.5 Ok  ← RCPT bob@example.net\n");
	assert_laid(&narrow, &row, NULL, " 0.032 S 250 2.1.5 Ok\n           ← RCPT bob@example.net\n");
	timeless.when.format = TIME_NONE;
	timeless.times = 0;
	assert_laid(&timeless, &row, NULL, " S 250 2.1.5 Ok  ← RCPT bob@example.net\n");
	row.continued = true;
	assert_laid(&look, &row, NULL, "                S 250 2.1.5 Ok  ← RCPT bob@example.net\n");
}

/* Wire lines at the edge, ours between words; a reply's answer on a line of its own if it must. */
static void
test_broken(void **state)
{
	struct sheet_look look = look_of(60);
	struct row wire = reply(S("550 5.7.1 a refusal that goes on and on, and on"), S("RCPT nobody@example.net"));
	struct row part = { .kind = ROW_PART, .path = S("1.2"), .text = S("application/pdf \"a.pdf\" · 733 bytes · sha256 6d3e66db…") };

	(void)state;
	assert_laid(&look, &wire, NULL,
	    " 0.032   10 ms  S 550 5.7.1 a refusal that goes on and on, a\n"
	    "                ↪ nd on  ← RCPT nobody@example.net\n");
	look.width = 62;
	wire.text = S("550 5.7.1 a refusal that goes on and on, and");
	assert_laid(&look, &wire, NULL,
	    " 0.032   10 ms  S 550 5.7.1 a refusal that goes on and on, and\n"
	    "                    ← RCPT nobody@example.net\n");
	assert_laid(&look, &part, NULL,
	    "                  1.2  application/pdf \"a.pdf\" · 733 bytes\n"
	    "                         · sha256 6d3e66db…\n");
	look.one_line = true;
	assert_laid(&look, &part, NULL, "                  1.2  application/pdf \"a.pdf\" · 733 bytes · sha256 6d3e66db…\n");
}

/* What only repeats the line above tells what it means instead. */
static void
test_finding(void **state)
{
	struct sheet_look look = look_of(100);
	struct row above = reply(S("550 5.1.1 User unknown"), SLICE_NONE);
	struct row row = { .kind = ROW_FINDING, .severity = WARNING, .finding = FINDING_SMTP_RCPT_PERMANENT,
	    .text = S("nobody@example.net: 550 5.1.1 User unknown") };

	(void)state;
	assert_laid(&look, &row, NULL, "                ! warning smtp.rcpt-permanent  nobody@example.net: 550 5.1.1 User unknown\n");
	assert_laid(&look, &row, &above, "                ! warning smtp.rcpt-permanent  the server refused a recipient for good\n");
	row.finding = FINDING_SMTP_AUTH_CLEARTEXT;
	row.text = S("PLAIN");
	assert_laid(&look, &row, NULL, "                ! warning smtp.auth-cleartext  credentials crossed the wire unencrypted (PLAIN)\n");
	row.finding = FINDING_URL_TEXT_MISMATCH;
	row.text = S("shows www.bank.example.org");
	assert_laid(&look, &row, &above, "                ! warning url.text-mismatch  shows www[.]bank[.]example[.]org\n");
	look.live_links = true;
	assert_laid(&look, &row, &above, "                ! warning url.text-mismatch  shows www.bank.example.org\n");
}

static void
test_exact(void **state)
{
	struct sheet_look look = look_of(100);
	struct row row = { .kind = ROW_CLIENT, .wait = NSTIME_NONE, .text = S("NOOP \\ \t\x1b  "), .line_end = '\n', .offset = 16 };

	(void)state;
	assert_laid(&look, &row, NULL, " 0.000          C NOOP \\ \\t\\e  \n");
	look.raw = true;
	assert_laid(&look, &row, NULL, " 0.000          C NOOP \\\\ \\t\\e\\x20\\x20\\n\n");
	look.hex = true;
	assert_laid(&look, &row, NULL, " 0.000          C NOOP \\\\ \\t\\e\\x20\\x20\\n\n"
	    "                  00000010  4e 4f 4f 50 20 5c 20 09  1b 20 20 0a             |NOOP \\ ..  .|\n");
	look.width = 60;
	assert_laid(&look, &row, NULL, " 0.000          C NOOP \\\\ \\t\\e\\x20\\x20\\n\n"
	    "               00000010  4e 4f 4f 50 20 5c 20 09  |NOOP \\ .|\n"
	    "               00000018  1b 20 20 0a              |.  .|\n");
	row.secret = true;
	row.text = S("AUTH PLAIN <redacted>");
	assert_laid(&look, &row, NULL, " 0.000          C AUTH PLAIN <redacted>\n");
}

/* Whatever it is, in whatever width: no piece leaves its line, and the pieces of a wire line are its bytes, cleaned. */
static void
test_any(void **state)
{
	uint32_t seed = 5;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		uint8_t bytes[300];
		struct sheet_look look = look_of(25 + round % 90);
		struct row row = { .kind = round % 2 ? ROW_CLIENT : ROW_SERVER, .wait = NSTIME_NONE };
		struct buf all, expected;
		struct sheet s;
		size_t n;

		for (n = 0; n < sizeof bytes; n++) {
			seed = seed * 1664525 + 1013904223;
			bytes[n] = (uint8_t)(seed >> 24 & ((seed >> 8) % 5 ? 0x7f : 0xff));
		}
		row.text = (slice){ bytes, (seed >> 8) % sizeof bytes };
		buf_init(&all, 1 << 16);
		buf_init(&expected, 1 << 16);
		clean_add(&expected, slice_take(row.text, row.kind == ROW_SERVER ? 3 : 0), CLEAN_TERMINAL);
		clean_add(&expected, slice_drop(row.text, row.kind == ROW_SERVER ? 3 : 0), CLEAN_TERMINAL);
		sheet_init(&s);
		sheet_row(&s, &look, &row, 0, NULL);
		for (size_t i = 0; i < s.n; i++) {
			slice piece = { s.text.p + s.piece[i].at, s.piece[i].n };

			assert_true(s.piece[i].y < s.height && s.piece[i].x >= 0);
			assert_true(s.piece[i].x + (int)clean_width(piece) <= look.width);
			if (s.piece[i].x >= sheet_column(&look))
				buf_add(&all, piece);
		}
		assert_true(slice_eq(buf_slice(&all), buf_slice(&expected)));
		sheet_fini(&s);
		buf_fini(&all);
		buf_fini(&expected);
	}
}

static void
test_explained(void **state)
{
	struct explained e = { .finding = FINDING_SMTP_RCPT_PERMANENT, .detail = S("bob: 550"), .packet = 1234, .dir = DIR_SERVER, .offset = 5 };
	struct sheet s;
	struct buf out;

	(void)state;
	sheet_init(&s);
	buf_init(&out, 1 << 16);
	sheet_clear(&s);
	explain_finding(&s, &e, 1, 60, 0);
	sheet_print(&s, &out);
	buf_add_byte(&out, 0);
	assert_string_equal((const char *)out.p,
	    " warning smtp.rcpt-permanent\n"
	    " bob: 550\n"
	    " the server refused a recipient for good (RFC 5321 4.2.1)\n"
	    " → read the reply: the address is wrong, or the server's\n"
	    "   policy is against this mail\n"
	    " Packet 1,234, server's byte 5\n");
	buf_clear(&out);
	sheet_clear(&s);
	explain_finding(&s, &e, 1, 60, EXPLAINED_NAME | EXPLAINED_MEANING | EXPLAINED_PLACE);
	sheet_print(&s, &out);
	buf_add_byte(&out, 0);
	assert_string_equal((const char *)out.p,
	    " See RFC 5321 4.2.1\n"
	    " → read the reply: the address is wrong, or the server's\n"
	    "   policy is against this mail\n");
	sheet_fini(&s);
	buf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_finding),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_any),
		cmocka_unit_test(test_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
