/*
 * tnef.c - winmail.dat: what Outlook makes of a message (MS-OXTNEF), taken
 * apart: facts about the message, its bodies and its attachments.
 *
 * A stream: attributes come one after the other, each with a sum. Attachments
 * and bodies of any size pass through (but see tnef_file.h). The text that was
 * packed as RTF is unpacked (tnef_rtf.h). A message in the message is told as
 * a file, application/ms-tnef, which whoever looks into files opens again.
 *
 * BUGS: recipients are not told; the sender and the recipients of the message
 * stand in its header. Behind a gap nothing is read.
 */
#include "base/charset.h"
#include "base/limits.h"
#include "base/read.h"
#include "dissectors/mime/content/facts.h"
#include "tnef_file.h"
#include "tnef_html.h"
#include "tnef_props.h"
#include "tnef_rtf.h"
#include "tnef_text.h"

enum { SIGNATURE = 0x223e9f78, LEVEL_MESSAGE = 1, LEVEL_ATTACHMENT = 2 };
enum { HEAD = 6, ATTRIBUTE = 9, SUM = 2, GUID = 16 };	/* bytes */

enum state { AT_HEAD, AT_ATTRIBUTE, AT_VALUE, AT_SUM };

enum fact { SUBJECT, TOPIC, CLASS, MESSAGE_ID, SENDER_NAME, SENDER_ADDRESS, DATE_SENT, FACTS };

static const slice fact_names[FACTS] = {
	[SUBJECT] = SLICE("subject"), [TOPIC] = SLICE("conversation_topic"), [CLASS] = SLICE("message_class"),
	[MESSAGE_ID] = SLICE("message_id"), [SENDER_NAME] = SLICE("sender_name"),
	[SENDER_ADDRESS] = SLICE("sender_address"), [DATE_SENT] = SLICE("date_sent"),
};

struct tnef {
	struct facts facts;
	enum state state;
	bool broken;
	uint8_t head[ATTRIBUTE];	/* of the number that is being read */
	uint8_t nhead;
	const struct attribute *attribute;	/* being read; NULL: of no interest */
	uint32_t tag, left;
	uint16_t sum;
	struct buf value;		/* of a small attribute or property */
	struct buf text;		/* the same in UTF-8 */
	uint32_t codepage;		/* of texts that are not Unicode; 0: not told */
	struct buf fact[FACTS];		/* told at the end: one may stand in an attribute and, better, in a property */
	unsigned files;
	struct tnef_file attachment, body;
	struct tnef_props props;
	const struct property *property;
	struct tnef_prop prop;
	uint32_t guid_left;		/* before the content of an object */
	struct tnef_rtf rtf;
	struct buf rtf_head;		/* of the RTF, until it shows what is wrapped in it */
	bool rtf_begun;
	struct tnef_html html;		/* what is wrapped in it */
};

struct attribute {
	uint32_t tag;
	const char *name;
	void (*begin)(struct tnef *);
	void (*bytes)(struct tnef *, slice);
	void (*end)(struct tnef *);
};

struct property {
	uint16_t id;
	bool of_attachment;
	void (*begin)(struct tnef *);
	void (*bytes)(struct tnef *, slice);
	void (*end)(struct tnef *);
	unsigned fact;
};

/* Text */

/* The value in UTF-8, without the NUL that ends it. Valid until the next one. */
static slice
text_of(struct tnef *t, slice value, bool unicode)
{
	char label[TNEF_LABEL];
	slice charset = unicode ? S("utf-16le") : tnef_charset(t->codepage != 0 ? t->codepage : TNEF_CODEPAGE, label);
	slice text;

	buf_clear(&t->text);
	charset_to_utf8(charset, value, &t->text);
	text = buf_slice(&t->text);
	while (text.n > 0 && text.p[text.n - 1] == '\0')
		text.n--;
	return text;
}

/* Unicode is better than what was said before in some code page. */
static void
keep(struct tnef *t, enum fact fact, slice value)
{
	struct buf *kept = &t->fact[fact];
	bool better = t->property != NULL && t->prop.type == TNEF_UNICODE;

	if (value.n == 0 || (kept->n > 0 && !better))
		return;
	buf_clear(kept);
	buf_add(kept, value);
}

static void
keep_time(struct tnef *t, enum fact fact, nstime time)
{
	char text[NSTIME_TEXT];

	keep(t, fact, slice_of(nstime_utc(time, 0, text)));
}

/* Files */

static void
count_file(struct tnef *t)
{
	if (++t->files < LIMIT_MEMBERS)
		return;
	t->facts.truncated = true;
	t->broken = true;
}

static void
end_file(struct tnef *t, struct tnef_file *f)
{
	if (f->content || f->known)
		count_file(t);
	tnef_file_end(f);
	tnef_file_forget(f);
}

/* One file at a time: whatever is known of the attachment by now must do. */
static void
begin_body(struct tnef *t, const char *type, slice charset, uint64_t size, unsigned terminator)
{
	end_file(t, &t->attachment);
	end_file(t, &t->body);
	buf_text(&t->body.type, type);
	if (charset.n > 0)
		buf_text(&t->body.type, "; charset=");
	buf_add(&t->body.type, charset);
	tnef_file_begin(&t->body, size, terminator, true);
}

static void
body_bytes(struct tnef *t, slice in)
{
	tnef_file_bytes(&t->body, in);
}

static void
end_body(struct tnef *t)
{
	tnef_file_complete(&t->body);
	end_file(t, &t->body);
}

/* A second content, without a new attachment: the first one is told, the second has the same names. */
static void
begin_content(struct tnef *t, uint32_t size)
{
	end_file(t, &t->body);
	if (t->attachment.content && t->attachment.size > 0) {
		count_file(t);
		tnef_file_end(&t->attachment);
	}
	tnef_file_begin(&t->attachment, size, 0, false);
}

static void
content_bytes(struct tnef *t, slice in)
{
	tnef_file_bytes(&t->attachment, in);
}

static void
end_content(struct tnef *t)
{
	tnef_file_complete(&t->attachment);
}

/* Small values */

static void
begin_value(struct tnef *t)
{
	buf_clear(&t->value);
}

static void
value_bytes(struct tnef *t, slice in)
{
	buf_add(&t->value, in);
}

static slice
value_text(struct tnef *t)
{
	t->facts.truncated |= t->value.full;
	return text_of(t, buf_slice(&t->value), t->property != NULL && t->prop.type == TNEF_UNICODE);
}

static void
keep_name(struct tnef *t, struct buf *name)
{
	slice text = value_text(t);

	/* A file that began without it: its name is a fact, at least. */
	if (t->attachment.begun && name == &t->attachment.name && !slice_eq(text, tnef_file_name(&t->attachment)))
		facts_tell(&t->facts, t->files + 1, S("long_name"), text);
	buf_clear(name);
	buf_add(name, text);
	t->attachment.known |= text.n > 0;
}

/* Attributes */

static void
end_class(struct tnef *t)
{
	keep(t, CLASS, value_text(t));
}

static void
end_subject(struct tnef *t)
{
	keep(t, SUBJECT, value_text(t));
}

static void
end_codepage(struct tnef *t)
{
	struct reader r = reader_of(buf_slice(&t->value));

	t->codepage = read_le32(&r);
}

/* MS-OXTNEF 2.1.3.3.1: two lengths, the name and "SMTP:address", each with a NUL. */
static void
end_from(struct tnef *t)
{
	struct reader r = reader_of(buf_slice(&t->value));
	size_t name, address;
	slice where;

	read_skip(&r, 4);
	name = read_le16(&r);
	address = read_le16(&r);
	keep(t, SENDER_NAME, text_of(t, read_bytes(&r, name), false));
	where = text_of(t, read_bytes(&r, address), false);
	keep(t, SENDER_ADDRESS, slice_istarts(where, S("SMTP:")) ? slice_drop(where, 5) : where);
}

static bool
is_date(const struct civil *c)
{
	return c->year >= 1900 && c->year < 2262 && c->month >= 1 && c->month <= 12 && c->day >= 1 && c->day <= 31
	    && c->hour < 24 && c->minute < 60 && c->second <= 60;
}

static void
end_date(struct tnef *t)
{
	struct reader r = reader_of(buf_slice(&t->value));
	struct civil c = { .year = read_le16(&r) };

	c.month = read_le16(&r);
	c.day = read_le16(&r);
	c.hour = read_le16(&r);
	c.minute = read_le16(&r);
	c.second = read_le16(&r);
	if (!r.short_of && is_date(&c))
		keep_time(t, DATE_SENT, nstime_from_civil(c));
}

static void
begin_plain_body(struct tnef *t)
{
	char label[TNEF_LABEL];

	begin_body(t, "text/plain", t->codepage != 0 ? tnef_charset(t->codepage, label) : SLICE_NONE, t->left, 1);
}

static void
begin_attachment(struct tnef *t)
{
	end_file(t, &t->attachment);
}

static void
end_title(struct tnef *t)
{
	keep_name(t, &t->attachment.title);
}

static void
begin_data(struct tnef *t)
{
	begin_content(t, t->left);
}

/* Properties */

static void property_begin(void *self, const struct tnef_prop *prop);
static void end_props(struct tnef *);

static void
property_bytes(void *self, slice in)
{
	struct tnef *t = self;

	if (t->property != NULL)
		t->property->bytes(t, in);
}

static void
property_end(void *self)
{
	struct tnef *t = self;

	if (t->property != NULL)
		t->property->end(t);
	t->property = NULL;
}

static void
begin_props(struct tnef *t)
{
	const struct tnef_props_user user = { t, property_begin, property_bytes, property_end };

	tnef_props_init(&t->props, &user);
}

static void
props_bytes(struct tnef *t, slice in)
{
	tnef_props_feed(&t->props, in);
}

/* The properties of an attachment are the last that is said of it. */
static void
end_attachment(struct tnef *t)
{
	end_props(t);
	if (t->attachment.content)
		end_file(t, &t->attachment);
}

static const struct attribute attributes[] = {
	{ 0x00078008, "attMessageClass", begin_value, value_bytes, end_class },
	{ 0x00018004, "attSubject", begin_value, value_bytes, end_subject },
	{ 0x00069007, "attOemCodepage", begin_value, value_bytes, end_codepage },
	{ 0x00008000, "attFrom", begin_value, value_bytes, end_from },
	{ 0x00038005, "attDateSent", begin_value, value_bytes, end_date },
	{ 0x0002800c, "attBody", begin_plain_body, body_bytes, end_body },
	{ 0x00069003, "attMsgProps", begin_props, props_bytes, end_props },
	{ 0x00069002, "attAttachRenddata", begin_attachment, NULL, NULL },
	{ 0x00018010, "attAttachTitle", begin_value, value_bytes, end_title },
	{ 0x0006800f, "attAttachData", begin_data, content_bytes, end_content },
	{ 0x00069005, "attAttachment", begin_props, props_bytes, end_attachment },
};

static bool
is_text(const struct tnef_prop *p)
{
	return p->type == TNEF_STRING8 || p->type == TNEF_UNICODE;
}

static void
begin_text(struct tnef *t)
{
	if (is_text(&t->prop))
		begin_value(t);
	else
		t->property = NULL;
}

static void
end_text(struct tnef *t)
{
	keep(t, t->property->fact, value_text(t));
}

static void
begin_time(struct tnef *t)
{
	if (t->prop.type == TNEF_TIME)
		begin_value(t);
	else
		t->property = NULL;
}

/* Windows counts tenths of microseconds since 1601. */
static void
end_time(struct tnef *t)
{
	enum { TICK = 100 };
	const uint64_t epoch = UINT64_C(116444736000000000);
	struct reader r = reader_of(buf_slice(&t->value));
	uint64_t ticks = read_le64(&r);

	if (ticks >= epoch && ticks - epoch < (uint64_t)INT64_MAX / TICK)
		keep_time(t, t->property->fact, (nstime)(ticks - epoch) * TICK);
}

static void
begin_text_body(struct tnef *t)
{
	char label[TNEF_LABEL];
	bool unicode = t->prop.type == TNEF_UNICODE;
	slice charset = unicode ? S("utf-16le") : t->codepage != 0 ? tnef_charset(t->codepage, label) : SLICE_NONE;

	if (is_text(&t->prop))
		begin_body(t, "text/plain", charset, t->prop.size, unicode ? 2 : 1);
	else
		t->property = NULL;
}

static void
begin_html_body(struct tnef *t)
{
	if (t->prop.type == TNEF_BINARY || t->prop.type == TNEF_STRING8)
		begin_body(t, "text/html", SLICE_NONE, t->prop.size, 0);
	else
		t->property = NULL;
}

static void
on_unwrapped(void *self, slice text)
{
	struct tnef *t = self;

	tnef_file_bytes(&t->body, text);
}

static void
rtf_text(struct tnef *t, slice text)
{
	if (t->html.bytes != NULL)
		tnef_html_feed(&t->html, text);
	else if (text.n > 0)
		tnef_file_bytes(&t->body, text);
}

/* Mail that was written as HTML or as plain text is that, and its RTF a wrapping. */
static void
begin_rtf(struct tnef *t)
{
	static const char *const types[] = { [TNEF_WRAPPED_NOT] = "application/rtf", [TNEF_WRAPPED_HTML] = "text/html",
		[TNEF_WRAPPED_TEXT] = "text/plain" };
	enum tnef_wrapped wrapped = tnef_html_find(buf_slice(&t->rtf_head));

	t->rtf_begun = true;
	begin_body(t, types[wrapped], wrapped != TNEF_WRAPPED_NOT ? S("utf-8") : SLICE_NONE, UINT64_MAX, 0);
	if (wrapped != TNEF_WRAPPED_NOT)
		tnef_html_init(&t->html, t, on_unwrapped);
	rtf_text(t, buf_slice(&t->rtf_head));
	buf_clear(&t->rtf_head);
}

static void
on_rtf(void *self, slice text)
{
	struct tnef *t = self;
	slice head = SLICE_NONE;

	if (!t->rtf_begun) {
		head = slice_take(text, TNEF_HTML_HEAD - t->rtf_head.n);
		buf_add(&t->rtf_head, head);
		if (t->rtf_head.n == TNEF_HTML_HEAD)
			begin_rtf(t);
	}
	if (t->rtf_begun)
		rtf_text(t, slice_drop(text, head.n));
}

static void
begin_rtf_body(struct tnef *t)
{
	if (t->prop.type != TNEF_BINARY) {
		t->property = NULL;
		return;
	}
	t->rtf_begun = false;
	tnef_rtf_init(&t->rtf, t, on_rtf);
}

static void
rtf_bytes(struct tnef *t, slice in)
{
	tnef_rtf_feed(&t->rtf, in);
}

static void
end_wrapped(struct tnef *t)
{
	if (!t->rtf_begun)
		begin_rtf(t);
	tnef_html_fini(&t->html);
	t->html.bytes = NULL;
}

static void
end_rtf(struct tnef *t)
{
	end_wrapped(t);
	if (t->rtf.done)
		tnef_file_complete(&t->body);
	end_file(t, &t->body);
}

/* A value that did not end with its attribute, or with the part, is cut. */
static void
end_props(struct tnef *t)
{
	if (t->property != NULL && t->property->end == end_rtf)
		end_wrapped(t);
	if (t->property != NULL && t->body.content)
		end_file(t, &t->body);
	t->property = NULL;
}

static void
end_display(struct tnef *t)
{
	keep_name(t, &t->attachment.display);
}

static void
end_long_name(struct tnef *t)
{
	keep_name(t, &t->attachment.name);
}

static void
end_type(struct tnef *t)
{
	keep_name(t, &t->attachment.type);
}

static void
end_id(struct tnef *t)
{
	keep_name(t, &t->attachment.id);
}

/* An object has the name of its kind before its content (MS-OXTNEF 2.1.3.4). */
static void
begin_object(struct tnef *t)
{
	begin_value(t);
	if (t->prop.type == TNEF_OBJECT && t->prop.size >= GUID) {
		t->guid_left = GUID;
		begin_content(t, t->prop.size - GUID);
	} else if (t->prop.type == TNEF_BINARY) {
		t->guid_left = 0;
		begin_content(t, t->prop.size);
	} else {
		t->property = NULL;
	}
}

static void
object_bytes(struct tnef *t, slice in)
{
	/* IID_IMessage: 00020307-0000-0000-C000-000000000046 */
	static const slice message = SLICE("\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46");
	slice guid = slice_take(in, t->guid_left);

	buf_add(&t->value, guid);
	t->guid_left -= (uint32_t)guid.n;
	if (guid.n > 0 && t->guid_left == 0 && slice_eq(buf_slice(&t->value), message)) {
		buf_clear(&t->attachment.type);
		buf_text(&t->attachment.type, "application/ms-tnef");
	}
	tnef_file_bytes(&t->attachment, slice_drop(in, guid.n));
}

static const struct property properties[] = {
	{ 0x001a, false, begin_text, value_bytes, end_text, CLASS },
	{ 0x0037, false, begin_text, value_bytes, end_text, SUBJECT },
	{ 0x0039, false, begin_time, value_bytes, end_time, DATE_SENT },
	{ 0x0070, false, begin_text, value_bytes, end_text, TOPIC },
	{ 0x0c1a, false, begin_text, value_bytes, end_text, SENDER_NAME },
	{ 0x5d01, false, begin_text, value_bytes, end_text, SENDER_ADDRESS },
	{ 0x1035, false, begin_text, value_bytes, end_text, MESSAGE_ID },
	{ 0x1000, false, begin_text_body, body_bytes, end_body, 0 },
	{ 0x1009, false, begin_rtf_body, rtf_bytes, end_rtf, 0 },
	{ 0x1013, false, begin_html_body, body_bytes, end_body, 0 },
	{ 0x3001, true, begin_text, value_bytes, end_display, 0 },
	{ 0x3701, true, begin_object, object_bytes, end_content, 0 },
	{ 0x3704, true, begin_text, value_bytes, end_title, 0 },
	{ 0x3707, true, begin_text, value_bytes, end_long_name, 0 },
	{ 0x370e, true, begin_text, value_bytes, end_type, 0 },
	{ 0x3712, true, begin_text, value_bytes, end_id, 0 },
};

static void
property_begin(void *self, const struct tnef_prop *prop)
{
	struct tnef *t = self;
	bool of_attachment = t->attribute->end == end_attachment;

	t->prop = *prop;
	t->property = NULL;
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
		if (properties[i].id == prop->id && properties[i].of_attachment == of_attachment)
			t->property = &properties[i];
	if (t->property != NULL)
		t->property->begin(t);
}

/* The stream */

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
	struct reader r = reader_of((slice){ t->head, ATTRIBUTE });
	uint8_t level = read_u8(&r);

	t->tag = read_le32(&r);
	t->left = read_le32(&r);
	t->sum = 0;
	t->state = t->left > 0 ? AT_VALUE : AT_SUM;
	t->attribute = NULL;
	if (level != LEVEL_MESSAGE && level != LEVEL_ATTACHMENT) {
		t->broken = true;
		return;
	}
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		if (attributes[i].tag == t->tag)
			t->attribute = &attributes[i];
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
		if (fill_head(t, &in, ATTRIBUTE))
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
	for (size_t i = 0; i < FACTS; i++)
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
	end_props(t);
	end_file(t, &t->body);
	end_file(t, &t->attachment);
	for (size_t i = 0; i < FACTS; i++) {
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

	for (size_t i = 0; i < FACTS; i++)
		n += t->fact[i].cap;
	return n + t->value.cap + t->text.cap + t->rtf_head.cap + tnef_html_memory(&t->html) + tnef_file_memory(&t->attachment) + tnef_file_memory(&t->body);
}

const struct opener tnef_opener = {
	.name = "tnef", .unpacks = true,
	.state_size = sizeof(struct tnef), .takes = takes, .open = open_tnef, .feed = feed, .gap = gap,
	.close = close_tnef, .memory = memory,
};
