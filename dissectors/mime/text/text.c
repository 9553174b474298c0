#include "text.h"

#include <stdlib.h>

#include "base/charset.h"
#include "base/err.h"
#include "base/limits.h"
#include "enriched.h"
#include "html_meta.h"
#include "html_text.h"
#include "plain.h"
#include "url_find.h"

struct text_stream {
	struct text_user user;
	enum text_form form;
	struct charset_stream *charset;	/* NULL: not known yet */
	struct buf head;		/* HTML of no declared charset: its beginning, until that is known */
	bool begun;			/* the byte order mark was looked for */
	struct plain *plain;		/* of TEXT_PLAIN, if its text is wanted, or its lines must be joined to find URLs */
	bool flowed;			/* URLs are looked for in what `plain` makes of it */
	struct url_find find;		/* of TEXT_PLAIN and TEXT_ENRICHED */
	struct html_text *html;
	struct enriched *enriched;
};

static void
on_url(void *self, slice url, slice host)
{
	struct text_stream *s = self;
	const struct text_url told = { .url = url, .host = host };

	s->user.url(s->user.self, &told);
}

static void
on_plain(void *self, slice utf8)
{
	struct text_stream *s = self;

	if (s->user.url != NULL && s->flowed)
		url_find_feed(&s->find, utf8);
	if (s->user.text != NULL)
		s->user.text(s->user.self, utf8);
}

static void
on_utf8(void *self, slice utf8)
{
	struct text_stream *s = self;

	if (!s->begun && slice_starts(utf8, S("\xef\xbb\xbf")))		/* a byte order mark is no text */
		utf8 = slice_drop(utf8, 3);
	s->begun = true;
	if (s->user.url != NULL && s->form != TEXT_HTML && !s->flowed)
		url_find_feed(&s->find, utf8);
	if (s->html != NULL)
		html_text_feed(s->html, utf8);
	if (s->plain != NULL)
		plain_feed(s->plain, utf8);
	if (s->enriched != NULL)
		enriched_feed(s->enriched, utf8);
}

/* Eight bits where none are declared: read as UTF-8 if it is that, else as windows-1252, which is what readers do. */
static slice
meant_charset(slice label)
{
	return label.n == 0 || slice_ieq(label, S("us-ascii")) ? S("unknown-8bit") : label;
}

static void
judge_charset(const struct text_stream *s, slice label)
{
	if (s->user.note == NULL)
		return;
	if (!charset_known(label))
		s->user.note(s->user.self, FINDING_MIME_CHARSET_UNKNOWN, label);
	else if (charset_hides_ascii(label))
		s->user.note(s->user.self, FINDING_MIME_CHARSET_SUSPICIOUS, label);
}

static void
open_charset(struct text_stream *s, slice label)
{
	const struct charset_user user = { s, on_utf8 };

	label = meant_charset(label);
	judge_charset(s, label);
	s->charset = charset_stream_new(label, &user);
}

/* HTML may say its charset itself. Known at once, or when its beginning is: what was held of that goes first. */
static void
settle_charset(struct text_stream *s, bool last)
{
	slice label = html_meta_charset(buf_slice(&s->head));

	if (label.n == 0 && !last && s->head.n < LIMIT_SNIFF)
		return;
	open_charset(s, label);
	charset_stream_feed(s->charset, buf_slice(&s->head));
	buf_fini(&s->head);
}

struct text_stream *
text_new(enum text_form form, slice charset, enum text_flow flow, const struct text_user *user)
{
	struct text_stream *s = xcalloc(1, sizeof *s);
	const struct url_find_user find_user = { s, on_url };
	const struct plain_user plain_user = { s, on_plain };
	const struct enriched_user enriched_user = { user->self, user->text };

	s->user = *user;
	s->form = form;
	s->flowed = form == TEXT_PLAIN && flow != TEXT_FIXED;
	buf_init(&s->head, LIMIT_SNIFF);
	if (form != TEXT_HTML || charset.n > 0)
		open_charset(s, charset);
	url_find_init(&s->find, &find_user);
	if (form == TEXT_HTML)
		s->html = html_text_new(user);
	else if (user->text != NULL && form == TEXT_ENRICHED)
		s->enriched = enriched_new(&enriched_user);
	else if (user->text != NULL || (s->flowed && user->url != NULL))
		s->plain = plain_new(s->flowed, flow == TEXT_FLOWED_DELSP, &plain_user);
	return s;
}

void
text_free(struct text_stream **s)
{
	if (*s == NULL)
		return;
	charset_stream_free(&(*s)->charset);
	buf_fini(&(*s)->head);
	url_find_fini(&(*s)->find);
	html_text_free(&(*s)->html);
	enriched_free(&(*s)->enriched);
	plain_free(&(*s)->plain);
	free(*s);
	*s = NULL;
}

size_t
text_memory(const struct text_stream *s)
{
	return sizeof *s + s->head.cap + (s->charset ? charset_stream_memory(s->charset) : 0) + url_find_memory(&s->find)
	    + (s->html ? html_text_memory(s->html) : 0) + (s->enriched ? enriched_memory(s->enriched) : 0)
	    + (s->plain ? plain_memory(s->plain) : 0);
}

void
text_feed(struct text_stream *s, slice bytes)
{
	if (s->charset == NULL) {
		slice head = slice_take(bytes, LIMIT_SNIFF - s->head.n);

		buf_add(&s->head, head);
		settle_charset(s, false);
		bytes = slice_drop(bytes, head.n);
	}
	if (bytes.n > 0)
		charset_stream_feed(s->charset, bytes);
}

void
text_gap(struct text_stream *s, uint64_t missing)
{
	struct buf said;

	if (s->charset == NULL)
		settle_charset(s, true);
	charset_stream_gap(s->charset);
	url_find_drop(&s->find);
	buf_init(&said, 64);
	buf_text(&said, "[");
	buf_number(&said, missing);
	buf_text(&said, missing == 1 ? " byte missing]" : " bytes missing]");
	if (s->html != NULL)
		html_text_gap(s->html, buf_slice(&said));
	if (s->plain != NULL)
		plain_gap(s->plain, buf_slice(&said));
	if (s->enriched != NULL)
		enriched_gap(s->enriched, buf_slice(&said));
	buf_fini(&said);
}

void
text_finish(struct text_stream *s)
{
	if (s->charset == NULL)
		settle_charset(s, true);
	charset_stream_finish(s->charset);
	if (s->html != NULL)
		html_text_finish(s->html);
	if (s->plain != NULL)
		plain_finish(s->plain);
	url_find_end(&s->find);
	if (s->enriched != NULL)
		enriched_finish(s->enriched);
}
