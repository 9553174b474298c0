/*
 * tnef.c - winmail.dat: what Outlook makes of a message (MS-OXTNEF), taken
 * apart: facts about the message, its bodies and its attachments.
 *
 * A stream: attributes come one after the other, each with a sum. Attachments
 * and bodies of any size pass through (but see tnef_file.h). RTF is unpacked
 * (tnef_rtf.h), and where it only wraps HTML or text, that is the body
 * (tnef_html.h). A message in the message is told as a file,
 * application/ms-tnef, which whoever looks into files opens again.
 *
 * BUGS: recipients are not told; the sender and the recipients of the message
 * stand in its header. Behind a gap nothing is read.
 */
#include "tnef_inside.h"

enum { SIGNATURE = 0x223e9f78, LEVEL_MESSAGE = 1, LEVEL_ATTACHMENT = 2, HEAD = 6, SUM = 2 };

enum state { AT_HEAD, AT_ATTRIBUTE, AT_VALUE, AT_SUM };

static const slice fact_names[TNEF_FACTS] = {
	[TNEF_SUBJECT] = SLICE("subject"), [TNEF_TOPIC] = SLICE("conversation_topic"), [TNEF_CLASS] = SLICE("message_class"),
	[TNEF_MESSAGE_ID] = SLICE("message_id"), [TNEF_SENDER_NAME] = SLICE("sender_name"),
	[TNEF_SENDER_ADDRESS] = SLICE("sender_address"), [TNEF_DATE_SENT] = SLICE("date_sent"),
};

static bool
fill_head(struct tnef *t, slice *in, size_t n)
{
	slice more = slice_take(*in, n - t->nhead);

	memcpy(t->head + t->nhead, more.p, more.n);
	t->nhead = (uint8_t)(t->nhead + more.n);
	*in = slice_drop(*in, more.n);
	if (t->nhead < n)
		return false;
	t->nhead = 0;
	return true;
}

static void
read_signature(struct tnef *t)
{
	struct reader r = reader_of((slice){ t->head, HEAD });

	t->broken = read_le32(&r) != SIGNATURE;
	t->state = AT_ATTRIBUTE;
}

static void
begin_attribute(struct tnef *t)
{
	struct reader r = reader_of((slice){ t->head, TNEF_ATTRIBUTE });
	uint8_t level = read_u8(&r);

	t->tag = read_le32(&r);
	t->left = read_le32(&r);
	t->sum = 0;
	t->state = t->left > 0 ? AT_VALUE : AT_SUM;
	if (level != LEVEL_MESSAGE && level != LEVEL_ATTACHMENT) {
		t->broken = true;
		return;
	}
	t->attribute = tnef_attribute_find(t->tag);
	if (t->attribute != NULL)
		t->attribute->begin(t);
}

static slice
read_value(struct tnef *t, slice in)
{
	slice piece = slice_take(in, t->left);
	uint32_t sum = t->sum;

	for (size_t i = 0; i < piece.n; i++)
		sum += piece.p[i];
	t->sum = (uint16_t)sum;
	t->left -= (uint32_t)piece.n;
	if (t->attribute != NULL && t->attribute->bytes != NULL)
		t->attribute->bytes(t, piece);
	if (t->left == 0)
		t->state = AT_SUM;
	return slice_drop(in, piece.n);
}

static void
tell_wrong_sum(struct tnef *t, uint16_t sum)
{
	struct buf text;

	buf_init(&text, LIMIT_FACT);
	if (t->attribute != NULL)
		buf_text(&text, t->attribute->name);
	else
		buf_printf(&text, "attribute %08x", t->tag);
	buf_printf(&text, ": %04x is written, %04x is right", sum, t->sum);
	facts_tell(&t->facts, 0, S("wrong_sum"), buf_slice(&text));
	buf_fini(&text);
}

static void
end_attribute(struct tnef *t)
{
	struct reader r = reader_of((slice){ t->head, SUM });
	uint16_t sum = read_le16(&r);

	if (sum != t->sum)
		tell_wrong_sum(t, sum);
	if (t->attribute != NULL && t->attribute->end != NULL)
		t->attribute->end(t);
	t->state = AT_ATTRIBUTE;
}

static slice
read_some(struct tnef *t, slice in)
{
	switch (t->state) {
	case AT_HEAD:
		if (fill_head(t, &in, HEAD))
			read_signature(t);
		break;
	case AT_ATTRIBUTE:
		if (fill_head(t, &in, TNEF_ATTRIBUTE))
			begin_attribute(t);
		break;
	case AT_VALUE:
		return read_value(t, in);
	case AT_SUM:
		if (fill_head(t, &in, SUM))
			end_attribute(t);
		break;
	}
	return in;
}

/* The opener */

static bool
takes(const struct content_about *about, slice head)
{
	(void)about;
	return slice_starts(head, S("\x78\x9f\x3e\x22"));
}

static void
open_tnef(void *state, const struct opener_user *user, const struct content_about *about)
{
	struct tnef *t = state;

	(void)about;
	t->facts.user = user;
	for (size_t i = 0; i < TNEF_FACTS; i++)
		buf_init(&t->fact[i], LIMIT_FACT);
	buf_init(&t->value, 2 * LIMIT_FACT);	/* UTF-16 */
	buf_init(&t->text, 3 * LIMIT_FACT);
	buf_init(&t->rtf_head, TNEF_HTML_HEAD);
	tnef_file_init(&t->attachment, user);
	tnef_file_init(&t->body, user);
}

static void
feed(void *state, slice in)
{
	struct tnef *t = state;

	while (in.n > 0 && !t->broken)
		in = read_some(t, in);
}

static void
gap(void *state, uint64_t missing)
{
	struct tnef *t = state;

	(void)missing;
	t->broken = true;
}

static bool
close_tnef(void *state, bool whole)
{
	struct tnef *t = state;

	(void)whole;
	tnef_end_props(t);
	tnef_end_file(t, &t->body);
	tnef_end_file(t, &t->attachment);
	for (size_t i = 0; i < TNEF_FACTS; i++) {
		facts_tell(&t->facts, 0, fact_names[i], buf_slice(&t->fact[i]));
		t->facts.truncated |= t->fact[i].full;
		buf_fini(&t->fact[i]);
	}
	tnef_file_fini(&t->body);
	tnef_file_fini(&t->attachment);
	buf_fini(&t->value);
	buf_fini(&t->text);
	buf_fini(&t->rtf_head);
	return t->facts.truncated;
}

static size_t
memory(const void *state)
{
	const struct tnef *t = state;
	size_t n = 0;

	for (size_t i = 0; i < TNEF_FACTS; i++)
		n += t->fact[i].cap;
	return n + t->value.cap + t->text.cap + t->rtf_head.cap + tnef_html_memory(&t->html)
	    + tnef_file_memory(&t->attachment) + tnef_file_memory(&t->body);
}

const struct opener tnef_opener = {
	.name = "tnef", .unpacks = true,
	.state_size = sizeof(struct tnef), .takes = takes, .open = open_tnef, .feed = feed, .gap = gap,
	.close = close_tnef, .memory = memory,
};
