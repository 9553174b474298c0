/*
 * json_check.h - a strict reader of JSON for the tests: RFC 8259 to the
 * letter, UTF-8 only, no key twice in an object, and one type for each path
 * in all texts that it was given.
 */
#ifndef JSON_CHECK_H
#define JSON_CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/clean.h"

enum { CHECK_PATHS = 1024, CHECK_PATH = 160 };

struct json_check {
	const char *p, *end;
	const char *error;
	char path[CHECK_PATH];
	struct { char path[CHECK_PATH]; char type; } seen[CHECK_PATHS];
	size_t nseen;
	int depth;
};

static bool check_value(struct json_check *);

static bool
check_fail(struct json_check *c, const char *error)
{
	if (c->error == NULL)
		c->error = error;
	return false;
}

static bool
check_take(struct json_check *c, char want)
{
	if (c->p < c->end && *c->p == want) {
		c->p++;
		return true;
	}
	return false;
}

static bool
check_string(struct json_check *c, char *out, size_t size)
{
	size_t n = 0;

	if (!check_take(c, '"'))
		return check_fail(c, "string expected");
	while (c->p < c->end && *c->p != '"') {
		unsigned char b = (unsigned char)*c->p++;

		if (b < 0x20 || b == 0x7f)
			return check_fail(c, "control in string");
		if (b == '\\') {
			if (c->p == c->end || strchr("\"\\/bfnrtu", *c->p) == NULL)
				return check_fail(c, "bad escape");
			if (*c->p++ == 'u') {
				for (int i = 0; i < 4; i++)
					if (c->p == c->end || strchr("0123456789abcdefABCDEF", *c->p++) == NULL)
						return check_fail(c, "bad \\u");
			}
		}
		if (out != NULL && n < size - 1)
			out[n++] = (char)b;
	}
	if (out != NULL)
		out[n] = '\0';
	return check_take(c, '"') || check_fail(c, "string without end");
}

static bool
check_digits(struct json_check *c)
{
	const char *start = c->p;

	while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
		c->p++;
	return c->p > start || check_fail(c, "digit expected");
}

/* 'n' an integer, 'd' one with a fraction: a reader may make two types of them. */
static char
check_number(struct json_check *c)
{
	char type = 'n';

	check_take(c, '-');
	if (!check_take(c, '0') && !check_digits(c))
		return 0;
	if (check_take(c, '.')) {
		type = 'd';
		if (!check_digits(c))
			return 0;
	}
	return type;
}

static bool
check_type(struct json_check *c, char type)
{
	for (size_t i = 0; i < c->nseen; i++)
		if (strcmp(c->seen[i].path, c->path) == 0)
			return c->seen[i].type == type || check_fail(c, "two types for one key");
	if (c->nseen == CHECK_PATHS)
		return check_fail(c, "too many paths");
	strcpy(c->seen[c->nseen].path, c->path);
	c->seen[c->nseen++].type = type;
	return true;
}

static bool
check_object(struct json_check *c)
{
	char key[64], keys[128][64];
	size_t length = strlen(c->path), n = 0;

	if (check_take(c, '}'))
		return true;
	do {
		if (!check_string(c, key, sizeof key) || !check_take(c, ':'))
			return check_fail(c, "key expected");
		for (size_t i = 0; i < n; i++)
			if (strcmp(keys[i], key) == 0)
				return check_fail(c, "key twice");
		if (n < 128)
			strcpy(keys[n++], key);
		for (const char *k = key; *k; k++)
			if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_", *k) == NULL)
				return check_fail(c, "odd key");
		snprintf(c->path + length, sizeof c->path - length, ".%s", key);
		if (!check_value(c))
			return false;
		c->path[length] = '\0';
	} while (check_take(c, ','));
	return check_take(c, '}') || check_fail(c, "} expected");
}

static bool
check_list(struct json_check *c)
{
	size_t length = strlen(c->path);

	if (check_take(c, ']'))
		return true;
	snprintf(c->path + length, sizeof c->path - length, "[]");
	do
		if (!check_value(c))
			return false;
	while (check_take(c, ','));
	c->path[length] = '\0';
	return check_take(c, ']') || check_fail(c, "] expected");
}

static bool
check_word(struct json_check *c, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
		return check_fail(c, "value expected");
	c->p += n;
	return true;
}

static bool
check_value(struct json_check *c)
{
	char type;

	if (c->p == c->end || ++c->depth > 20)
		return check_fail(c, "value expected");
	c->depth--;
	switch (*c->p) {
	case '{':
		c->p++;
		return check_type(c, 'o') && check_object(c);
	case '[':
		c->p++;
		return check_type(c, 'l') && check_list(c);
	case '"':
		return check_type(c, 's') && check_string(c, NULL, 0);
	case 't':
		return check_type(c, 'b') && check_word(c, "true");
	case 'f':
		return check_type(c, 'b') && check_word(c, "false");
	default:
		type = check_number(c);
		return type != 0 && check_type(c, type);
	}
}

/* One line with its LF. `root` names the kind of record, for its paths. */
static bool
json_check_line(struct json_check *c, const char *root, slice line)
{
	c->p = (const char *)line.p;
	c->end = c->p + line.n;
	c->error = NULL;
	c->depth = 0;
	strcpy(c->path, root);
	if (!utf8_valid(line))
		return check_fail(c, "not UTF-8");
	if (!check_value(c))
		return false;
	if (!check_take(c, '\n') || c->p != c->end)
		return check_fail(c, "one line expected");
	return true;
}

#endif
