/* The table of findings: every row says what was seen and what to do, and can be found by its id. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/finding.h"
#include "base/utf8.h"

/* One sentence: not empty, lower case, no full stop, no blanks at the ends. */
static void
check_sentence(const char *text)
{
	size_t n = strlen(text);

	assert_true(n > 10 && n < 160);
	assert_true(utf8_valid(slice_of(text)));
	assert_null(strchr(text, '\n'));
	assert_null(strstr(text, "  "));
	assert_true(text[n - 1] != '.' && text[n - 1] != ' ');
	assert_true(!isupper((unsigned char)text[0]) || isupper((unsigned char)text[1]));
}

static void
test_rows(void **state)
{
	const char *before = "";

	(void)state;
	for (enum finding f = 0; f < FINDINGS; f++) {
		const struct finding_info *info = finding_info(f);
		enum finding again;

		assert_true(strcmp(before, info->id) < 0);	/* sorted, each once */
		before = info->id;
		assert_non_null(strchr(info->id, '.'));
		assert_int_equal(strspn(info->id, "abcdefghijklmnopqrstuvwxyz0123456789.-"), strlen(info->id));
		assert_in_range(info->severity, INFO, ALERT);
		assert_true(info->reference[0] == '\0' || strncmp(info->reference, "RFC ", 4) == 0 || strncmp(info->reference, "UAX ", 4) == 0);
		check_sentence(info->seen);
		check_sentence(info->todo);
		assert_true(finding_parse(slice_of(info->id), &again));
		assert_int_equal(again, f);
	}
}

static void
test_matches(void **state)
{
	enum finding none;

	(void)state;
	assert_true(finding_matches(FINDING_TCP_GAP, S("tcp.gap")));
	assert_true(finding_matches(FINDING_TCP_GAP, S("tcp.*")));
	assert_true(finding_matches(FINDING_TCP_GAP, S("note")));
	assert_true(finding_matches(FINDING_TCP_GAP, S("warning")));
	assert_false(finding_matches(FINDING_TCP_GAP, S("alert")));
	assert_false(finding_matches(FINDING_TCP_GAP, S("tcp.")));
	assert_false(finding_matches(FINDING_TCP_GAP, S("*")));
	assert_false(finding_parse(S("tcp.ga"), &none));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_matches) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
