#include "html_links.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "entities.h"
#include "html_style.h"
#include "link.h"
#include "url.h"

static void
tell_url(struct html_links *l, slice url, slice host, slice text)
{
	const struct text_url told = { url, host, text };

	if (l->user.url != NULL)
		l->user.url(l->user.self, &told);
}

static void
on_found(void *self, slice url, slice host)
{
	tell_url(self, url, host, SLICE_NONE);
}

/* A URL that nobody sees: a picture's, a form's. */
static void
tell_reference(void *self, slice reference)
{
	struct html_links *l = self;
	struct buf url, host;

	if (l->user.url == NULL || reference.n == 0)
		return;
	buf_init(&url, LIMIT_URL);
	buf_init(&host, LIMIT_URL);
	if (url_resolve(buf_slice(&l->base), reference, &url)) {
		url_host(buf_slice(&url), &host);
		tell_url(l, buf_slice(&url), buf_slice(&host), SLICE_NONE);
	}
	buf_fini(&url);
	buf_fini(&host);
}

/* As it stands in the comment, where its entities are still in it. */
static void
on_found_in_condition(void *self, slice raw, slice host)
{
	struct buf url;

	(void)host;
	if (raw.n > 2 && slice_eq(slice_drop(raw, raw.n - 2), S("--")))		/* the comment's end */
		raw.n -= 2;
	buf_init(&url, LIMIT_URL);
	entity_decode(raw, &url);
	tell_reference(self, buf_slice(&url));
	buf_fini(&url);
}

/* "a.png 1x, b.png 2x" */
static void
tell_sources(struct html_links *l, slice set)
{
	while (set.n > 0) {
		slice one;
		size_t n = 0;

		while (set.n > 0 && (set.p[0] <= ' ' || set.p[0] == ','))
			set = slice_drop(set, 1);
		while (n < set.n && set.p[n] > ' ')
			n++;
		one = slice_take(set, n);
		if (one.n > 0 && one.p[one.n - 1] == ',') {
			one.n--;
			set = slice_drop(set, n);
		} else {
			slice descriptor;

			slice_cut(slice_drop(set, n), ',', &descriptor, &set);
		}
		tell_reference(l, one);
	}
}

/* "5; url=https://…" */
static void
tell_refresh(struct html_links *l, slice content)
{
	for (; content.n > 4; content = slice_drop(content, 1)) {
		if (!slice_istarts(content, S("url=")))
			continue;
		content = slice_drop(content, 4);
		while (content.n > 0 && (content.p[0] == '"' || content.p[0] == '\'' || content.p[0] == ' '))
			content = slice_drop(content, 1);
		while (content.n > 0 && (content.p[content.n - 1] == '"' || content.p[content.n - 1] == '\''))
			content.n--;
		tell_reference(l, content);
		return;
	}
}

/* Every attribute that makes a client ask a host, but for a link's href. */
static void
tell_attributes(struct html_links *l, const struct html_tag *tag)
{
	static const enum html_attribute plain[] = {
		HTML_SRC, HTML_ACTION, HTML_FORMACTION, HTML_BACKGROUND, HTML_POSTER, HTML_DATA, HTML_XLINK_HREF
	};

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (tag->has[plain[i]])
			tell_reference(l, html_value(tag, plain[i]));
	if (tag->has[HTML_HREF] && tag->name != HTML_A && tag->name != HTML_BASE)
		tell_reference(l, html_value(tag, HTML_HREF));
	if (tag->has[HTML_SRCSET])
		tell_sources(l, html_value(tag, HTML_SRCSET));
	if (tag->has[HTML_STYLE_ATTRIBUTE])
		style_urls(html_value(tag, HTML_STYLE_ATTRIBUTE), tell_reference, l);
	if (tag->name == HTML_META && slice_ieq(slice_trim(html_value(tag, HTML_HTTP_EQUIV)), S("refresh")))
		tell_refresh(l, html_value(tag, HTML_CONTENT));
}

/* Links */

/* Of what a link shows, blanks collapse, and whole characters fit. */
static void
add_text(struct html_links *l, slice text)
{
	while (text.n > 0 && !l->cut) {
		uint32_t c;
		size_t n = utf8_take(text, &c);

		if (c <= ' ' || c == 0xa0) {
			l->blank = l->text.n > 0;
		} else if (c != 0x200b && c != 0xad && c != 0xfeff && c != 0x2060) {
			l->cut = l->text.n + l->blank + n > LIMIT_LINK_TEXT;
			if (l->cut)
				return;
			buf_add(&l->text, l->blank ? S(" ") : SLICE_NONE);
			l->blank = false;
			buf_add(&l->text, slice_take(text, n));
		}
		text = slice_drop(text, n);
	}
}

static void
judge(struct html_links *l)
{
	struct buf shown, detail;

	if (l->user.note == NULL)
		return;
	buf_init(&shown, LIMIT_URL);
	buf_init(&detail, LIMIT_DETAIL);
	if (link_deceives(buf_slice(&l->text), buf_slice(&l->url), buf_slice(&l->host), &shown)) {
		buf_text(&detail, "shows ");
		buf_add(&detail, slice_take(buf_slice(&shown), LIMIT_DETAIL / 3));
		buf_text(&detail, ", opens ");
		buf_add(&detail, slice_take(buf_slice(&l->host), LIMIT_DETAIL / 3));
		l->user.note(l->user.self, FINDING_URL_TEXT_MISMATCH, buf_slice(&detail));
	}
	buf_fini(&shown);
	buf_fini(&detail);
}

void
html_links_begin(struct html_links *l, slice href)
{
	buf_clear(&l->url);
	buf_clear(&l->host);
	buf_clear(&l->text);
	l->blank = l->cut = false;
	l->open = url_resolve(buf_slice(&l->base), href, &l->url);
	if (l->open)
		url_host(buf_slice(&l->url), &l->host);
}

bool
html_links_end(struct html_links *l)
{
	bool shows_itself;

	if (!l->open)
		return false;
	l->open = false;
	shows_itself = link_shows_itself(buf_slice(&l->text), buf_slice(&l->url));
	tell_url(l, buf_slice(&l->url), buf_slice(&l->host), shows_itself ? SLICE_NONE : buf_slice(&l->text));
	if (!shows_itself)
		judge(l);
	return !shows_itself;
}

/* What is read */

void
html_links_init(struct html_links *l, const struct text_user *user)
{
	const struct url_find_user words = { l, on_found }, condition = { l, on_found_in_condition };

	*l = (struct html_links){ .user = *user };
	url_find_init(&l->words, &words);
	url_find_init(&l->condition, &condition);
	buf_init(&l->base, LIMIT_URL);
	buf_init(&l->url, LIMIT_URL);
	buf_init(&l->host, LIMIT_URL);
	buf_init(&l->text, LIMIT_LINK_TEXT);
}

void
html_links_fini(struct html_links *l)
{
	url_find_fini(&l->words);
	url_find_fini(&l->condition);
	buf_fini(&l->base);
	buf_fini(&l->url);
	buf_fini(&l->host);
	buf_fini(&l->text);
}

size_t
html_links_memory(const struct html_links *l)
{
	return url_find_memory(&l->words) + url_find_memory(&l->condition) + l->base.cap + l->url.cap + l->host.cap + l->text.cap;
}

/* The first one counts. */
void
html_links_base(struct html_links *l, slice href)
{
	if (l->base.n == 0)
		url_resolve(SLICE_NONE, href, &l->base);
}

void
html_links_tag(struct html_links *l, const struct html_tag *tag)
{
	url_find_end(&l->words);
	if (l->user.url != NULL && !tag->end)
		tell_attributes(l, tag);
}

void
html_links_words(struct html_links *l, slice visible)
{
	if (l->open)
		add_text(l, visible);
	else if (l->user.url != NULL)
		url_find_feed(&l->words, visible);
}

void
html_links_style(struct html_links *l, slice css)
{
	if (l->user.url != NULL)
		url_find_feed(&l->words, css);
}

void
html_links_condition(struct html_links *l, slice comment, bool ends)
{
	if (l->user.url == NULL)
		return;
	if (ends)
		url_find_end(&l->condition);
	else
		url_find_feed(&l->condition, comment);
}

void
html_links_drop(struct html_links *l)
{
	url_find_drop(&l->words);
	url_find_drop(&l->condition);
}

void
html_links_finish(struct html_links *l)
{
	url_find_end(&l->words);
}
