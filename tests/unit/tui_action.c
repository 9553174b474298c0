/* The table of keys: complete, without contradictions, and readable both ways. Lines with a cursor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/view.h"

static uint32_t
key(const char *name)
{
	uint32_t k = key_parse(name, strlen(name));

	if (k == KEY_NOTHING)
		fail_msg("%s is no key", name);
	return k;
}

static void
test_keys(void **state)
{
	char buf[16];

	(void)state;
	assert_int_equal(key("j"), 'j');
	assert_int_equal(key("^"), '^');
	assert_int_equal(key("^D"), 4);
	assert_int_equal(key("Space"), ' ');
	assert_int_equal(key("F10"), KEY_F_10);
	assert_int_equal(key("ß"), 0xdf);
	assert_int_equal(key_parse("F11", 3), KEY_NOTHING);
	assert_int_equal(key_parse("", 0), KEY_NOTHING);
	assert_int_equal(key_parse("jj", 2), KEY_NOTHING);
	assert_int_equal(key_parse("\xff", 1), KEY_NOTHING);
	for (uint32_t k = 1; k < 0x3000; k++)
		assert_int_equal(key(key_label(k, buf)), k);
	for (uint32_t k = KEY_SPECIAL + 1; k < KEYS_END; k++)
		assert_int_equal(key(key_label(k, buf)), k);
}

/* Each key that an action names is one, and nowhere means two things. */
static void
test_no_key_twice(void **state)
{
	(void)state;
	for (unsigned where = 1; where < IN_ALL; where <<= 1)
		for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
			char keys[64], *rest;

			if ((action_info(a)->where & where) == 0)
				continue;
			assert_true(strlen(action_info(a)->keys) < sizeof keys);
			strcpy(keys, action_info(a)->keys);
			for (const char *k = strtok_r(keys, " ", &rest); k != NULL; k = strtok_r(NULL, " ", &rest))
				if (action_of_key(key(k), where) != a)
					fail_msg("%s means %s as well as %s", k, action_info(a)->name,
					    action_info(action_of_key(key(k), where))->name);
		}
}

static void
test_names(void **state)
{
	(void)state;
	for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
		const struct action_info *i = action_info(a);

		assert_int_equal(i->action, a);
		if (action_of_name(i->name, strlen(i->name)) != a)
			fail_msg(":%s is the name of two", i->name);
		assert_true(strlen(i->brief) <= 8 && strlen(i->about) <= 60 && i->where != 0);
	}
	assert_int_equal(action_of_name("nothing", 7), ACTION_NONE);
}

/* What the manual promises. */
static void
test_promised(void **state)
{
	static const struct { const char *keys; enum action action; unsigned where; } promised[] = {
		{ "j", ACTION_DOWN, IN_ALL }, { "k", ACTION_UP, IN_ALL }, { "^D", ACTION_HALF_DOWN, IN_ALL }, { "^U", ACTION_HALF_UP, IN_ALL },
		{ "g", ACTION_FIRST, IN_ALL }, { "G", ACTION_LAST, IN_ALL }, { "Enter", ACTION_OPEN, IN_ALL },
		{ "q", ACTION_BACK, IN_ALL }, { "Esc", ACTION_BACK, IN_ALL }, { "Q", ACTION_QUIT, IN_ALL }, { "^C", ACTION_QUIT, IN_ALL },
		{ "Tab", ACTION_PANE, IN_ALL }, { "/", ACTION_SEARCH, IN_ALL }, { "n", ACTION_SEARCH_NEXT, IN_ALL },
		{ "N", ACTION_SEARCH_BACK, IN_ALL }, { "\\", ACTION_FILTER, IN_ALL }, { "Space", ACTION_MARK, IN_LIST },
		{ "s", ACTION_SAVE, IN_ALL }, { "y", ACTION_PRINT, IN_ALL }, { "<", ACTION_SORT_LEFT, IN_LIST },
		{ ">", ACTION_SORT_RIGHT, IN_LIST }, { "I", ACTION_SORT_TURN, IN_LIST }, { "F", ACTION_FOLLOW, IN_LIST },
		{ "p", ACTION_PAUSE, IN_ALL }, { "e", ACTION_NEXT_FINDING, IN_SESSION }, { "E", ACTION_PREVIOUS_FINDING, IN_SESSION },
		{ "J", ACTION_NEXT_SESSION, IN_SESSION }, { "K", ACTION_PREVIOUS_SESSION, IN_SESSION }, { "x", ACTION_HEX, IN_MAIL },
		{ "r", ACTION_RAW, IN_MAIL }, { "t", ACTION_COLUMNS, IN_LIST }, { "|", ACTION_PIPE, IN_MAIL }, { ":", ACTION_COMMAND, IN_ALL },
		{ "M", ACTION_MOUSE, IN_ALL }, { "?", ACTION_HELP, IN_ALL }, { "F1", ACTION_HELP, IN_ALL }, { "F2", ACTION_SAVE, IN_ALL },
		{ "F3", ACTION_SEARCH, IN_ALL }, { "F8", ACTION_OPTIONS, IN_ALL }, { "F7", ACTION_FILTER, IN_ALL }, { "F10", ACTION_COLUMNS, IN_LIST },
		{ "!", ACTION_TROUBLE, IN_LIST }, { "m", ACTION_KIND, IN_LIST }, { "^Z", ACTION_SUSPEND, IN_ALL },
		{ "1", ACTION_VIEW_LIST, IN_ALL }, { "8", ACTION_VIEW_TLS, IN_ALL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++)
		for (unsigned where = 1; where < IN_ALL; where <<= 1)
			if (promised[i].where & where)
				assert_int_equal(action_of_key(key(promised[i].keys), where), promised[i].action);
	assert_int_equal(action_of_key('t', IN_MAIL), ACTION_NONE);
	assert_int_equal(action_of_key(KEY_NOTHING, IN_ALL), ACTION_NONE);
}

static void
test_scroll(void **state)
{
	struct scroll s = { 0 };

	(void)state;
	scroll_set(&s, 0, 10);
	assert_true(scroll_act(&s, ACTION_LAST) && s.cursor == 0 && s.top == 0);
	scroll_set(&s, 100, 10);
	assert_true(scroll_act(&s, ACTION_DOWN) && s.cursor == 1 && s.top == 0);
	assert_true(scroll_act(&s, ACTION_PAGE_DOWN) && s.cursor == 10 && s.top == 9);
	assert_true(scroll_act(&s, ACTION_LAST) && s.cursor == 99 && s.top == 90);
	assert_true(scroll_act(&s, ACTION_PAGE_DOWN) && s.cursor == 99 && s.top == 90);
	assert_true(scroll_act(&s, ACTION_HALF_UP) && s.cursor == 94 && s.top == 85);
	assert_false(scroll_act(&s, ACTION_OPEN));
	scroll_set(&s, 20, 10);
	assert_true(s.cursor == 19 && s.top == 10);
	scroll_set(&s, 20, 30);
	assert_true(s.top == 0);
	scroll_set(&s, 20, 0);
	assert_true(s.top == 19);
	scroll_set(&s, 20, 5);
	scroll_to(&s, 3);
	assert_true(s.cursor == 3 && s.top == 3);
	assert_true(scroll_mouse(&s, &(struct mouse){ MOUSE_CLICK, 0, 4 }, 2) && s.cursor == 5);
	assert_false(scroll_mouse(&s, &(struct mouse){ MOUSE_CLICK, 0, 1 }, 2));
	assert_false(scroll_mouse(&s, &(struct mouse){ MOUSE_CLICK, 0, 7 }, 2));
	assert_true(scroll_mouse(&s, &(struct mouse){ MOUSE_WHEEL_UP, 0, 0 }, 2) && s.cursor == 2 && s.top == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_no_key_twice),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_promised),
		cmocka_unit_test(test_scroll),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
