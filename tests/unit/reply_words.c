/* What the numbers of replies mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "record/reply_words.h"

static void
test_lines(void **state)
{
	static const struct { const char *line, *words; } table[] = {
		{ "550 5.1.1 User unknown", "550: the mailbox is not available, or not allowed; 5.1.1: no such mailbox" },
		{ "550-5.7.26 twice", "550: the mailbox is not available, or not allowed; 5.7.26: several checks of the sender failed" },
		{ "250", "250: done" },
		{ "354 go", "354: go on with the content, up to a line with a dot" },
		{ "599 4.4.7 too old", "4.4.7: it was too old: delivery was given up" },
		{ "250 2.9.9 not registered", "250: done" },
		{ "250 3.1.1 no class", "250: done" },
		{ "250 2.1.5.6 no code", "250: done" },
		{ "250 2.1.5x", "250: done" },
		{ "250 2.1", "250: done" },
		{ "2500 2.1.5 no", "" }, { "25", "" }, { "", "" }, { "abc 2.1.5", "" }, { "999 x", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct buf out;

		buf_init(&out, 1000);
		assert_int_equal(reply_words_say(&out, slice_of(table[i].line)), table[i].words[0] != '\0');
		buf_add_byte(&out, 0);
		assert_string_equal((const char *)out.p, table[i].words);
		buf_fini(&out);
	}
}

static void
test_numbers(void **state)
{
	(void)state;
	assert_string_equal(reply_code_words(421), "the service is not available: the connection closes");
	assert_null(reply_code_words(299));
	assert_string_equal(reply_enhanced_words(S("4.2.2")), "the mailbox is full");
	assert_string_equal(reply_enhanced_words(S("5.1.10")), "the recipient's domain says that it takes no mail (null MX)");
	assert_null(reply_enhanced_words(S("5.1")));
	assert_null(reply_enhanced_words(S("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_lines), cmocka_unit_test(test_numbers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
