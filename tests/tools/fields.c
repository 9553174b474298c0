/*
 * fields.c - what the readers of header fields make of text, for scripts that
 * compare it with other programs.
 *
 *	fields < REQUESTS
 *
 * A request is a line "KIND HEX"; KIND is param, address, date, word or received. The
 * answer is a line too, all texts in hexadecimal digits:
 *
 *	param	VALUE NAME=TEXT …
 *	address	NAME:ADDRESS …, of members of a group GROUP:NAME:ADDRESS; GROUP:: if it has none
 *	date	seconds since 1970, or nothing
 *	word	TEXT
 *	received	FROM HOST IP BY VIA WITH ID FOR, each as CLAUSE=TEXT if it is there, and the time as a date's
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "dissectors/mime/header/address.h"
#include "dissectors/mime/header/date.h"
#include "dissectors/mime/header/header.h"
#include "dissectors/mime/header/param.h"
#include "dissectors/mime/header/received.h"
#include "dissectors/mime/header/word.h"

static void
print_hex(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		printf("%02x", s.p[i]);
}

static void
print_decoded(slice s)
{
	struct buf text;

	buf_init(&text, SIZE_MAX);
	word_decode(s, &text);
	print_hex(buf_slice(&text));
	buf_fini(&text);
}

static void
answer_param(slice value)
{
	struct params p;
	struct buf text;

	params_parse(&p, value);
	print_hex(p.value);
	for (size_t i = 0; i < p.n; i++) {
		buf_init(&text, SIZE_MAX);
		params_text(&p, p.v[i].name, &text);
		printf(" ");
		print_hex(p.v[i].name);
		printf("=");
		print_hex(buf_slice(&text));
		buf_fini(&text);
	}
	params_fini(&p);
}

static void
print_mailbox(void *self, const struct mailbox *m)
{
	(void)self;
	if (m->group.n > 0 || m->group_only) {
		print_decoded(m->group);
		printf(":");
	}
	print_decoded(m->name);
	printf(":");
	print_hex(m->address);
	printf(" ");
}

static void
answer_address(slice value)
{
	address_parse(value, print_mailbox, NULL);
}

static void
answer_date(slice value)
{
	nstime t;

	if (date_parse(value, &t))
		printf("%" PRId64, t / NSTIME_S);
}

static void
print_clause(const char *name, slice value)
{
	if (value.n == 0)
		return;
	printf("%s=", name);
	print_hex(value);
	printf(" ");
}

static void
answer_received(slice value)
{
	struct received r;

	received_parse(value, &r);
	print_clause("from", r.from);
	print_clause("host", r.from_host);
	print_clause("ip", r.from_ip);
	print_clause("by", r.by);
	print_clause("via", r.via);
	print_clause("with", r.with);
	print_clause("id", r.id);
	print_clause("for", r.for_);
	if (r.time != NSTIME_NONE)
		printf("%" PRId64, r.time / NSTIME_S);
}

static const struct { const char *kind; bool unfold; void (*answer)(slice); } kinds[] = {
	{ "param", false, answer_param }, { "address", true, answer_address }, { "date", true, answer_date }, { "word", true, print_decoded },
	{ "received", true, answer_received },
};

static void
answer(const char *kind, slice value)
{
	struct buf unfolded;

	buf_init(&unfolded, SIZE_MAX);
	header_unfold(value, &unfolded);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (strcmp(kind, kinds[i].kind) == 0)
			kinds[i].answer(kinds[i].unfold ? buf_slice(&unfolded) : value);
	}
	printf("\n");
	buf_fini(&unfolded);
}

static void
read_hex(const char *text, struct buf *out)
{
	for (; char_hex((uint8_t)text[0]) >= 0 && char_hex((uint8_t)text[1]) >= 0; text += 2)
		buf_add_byte(out, (uint8_t)(char_hex((uint8_t)text[0]) << 4 | char_hex((uint8_t)text[1])));
}

int
main(void)
{
	char *line = NULL, *hex;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		struct buf value;

		hex = strchr(line, ' ');
		CHECK(hex != NULL);
		*hex++ = '\0';
		buf_init(&value, SIZE_MAX);
		read_hex(hex, &value);
		answer(line, buf_slice(&value));
		buf_fini(&value);
	}
	free(line);
	return 0;
}
