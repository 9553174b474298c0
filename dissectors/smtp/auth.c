#include "auth.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/chars.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/read.h"

struct mechanism {
	slice name;
	bool prefix;			/* a family: SCRAM-* */
	unsigned answers;		/* that the client gives when all goes well; 0: not fixed */
	/* One decoded answer, the first is `n` 0. */
	void (*answer)(struct auth *, unsigned n, slice decoded);
};

static void
set(struct buf *b, slice s)
{
	buf_wipe(b);
	buf_add(b, s);
}

/* RFC 4616: authzid NUL authcid NUL password. */
static void
plain(struct auth *a, unsigned n, slice in)
{
	slice authzid, authcid, password, rest;

	if (n > 0 || !slice_cut(in, 0, &authzid, &rest) || !slice_cut(rest, 0, &authcid, &password))
		return;
	set(&a->user, authcid);
	set(&a->secret, password);
}

/* draft-murchison-sasl-login: two prompts. The first answer is the name, whatever the prompts say. */
static void
login(struct auth *a, unsigned n, slice in)
{
	if (n == 0)
		set(&a->user, in);
	else if (n == 1)
		set(&a->secret, in);
}

/* RFC 2195: the name, a blank, the digest. A name may hold blanks. */
static void
cram_md5(struct auth *a, unsigned n, slice in)
{
	size_t i = in.n;

	while (i > 0 && in.p[i - 1] != ' ')
		i--;
	if (n > 0 || i == 0)
		return;
	set(&a->user, slice_take(in, i - 1));
	set(&a->secret, slice_drop(in, i));
}

/* The next "key=value" or key="value" of RFC 2831 7.1; the value without its quotes. False: no more. */
static bool
next_directive(slice *rest, slice *key_r, slice *value_r)
{
	slice s = *rest;
	size_t n = 0;

	while (s.n > 0 && (s.p[0] == ',' || char_is_blank(s.p[0])))
		s = slice_drop(s, 1);
	if (!slice_cut(s, '=', key_r, &s))
		return false;
	if (s.n > 0 && s.p[0] == '"') {
		s = slice_drop(s, 1);
		while (n < s.n && s.p[n] != '"')
			n += s.p[n] == '\\' ? 2 : 1;
		*value_r = slice_take(s, n);
		*rest = slice_drop(s, n + 1);
	} else {
		slice_cut(s, ',', value_r, rest);
	}
	return true;
}

static void
digest_md5(struct auth *a, unsigned n, slice in)
{
	slice key, value;

	while (n == 0 && next_directive(&in, &key, &value)) {
		if (slice_ieq(slice_trim(key), S("username")))
			set(&a->user, value);
		else if (slice_ieq(slice_trim(key), S("response")))
			set(&a->secret, value);
	}
}

/* RFC 5802 5.1: "=2C" is a comma and "=3D" an equals sign. */
static void
set_saslname(struct buf *b, slice s)
{
	buf_wipe(b);
	for (size_t i = 0; i < s.n; i++) {
		slice code = slice_take(slice_drop(s, i), 3);
		bool comma = slice_ieq(code, S("=2C"));

		if (comma || slice_ieq(code, S("=3D"))) {
			buf_add_byte(b, comma ? ',' : '=');
			i += 2;
		} else
			buf_add_byte(b, s.p[i]);
	}
}

/* RFC 5802 7: "n,,n=user,r=nonce", then "c=…,r=…,p=proof". */
static void
scram(struct auth *a, unsigned n, slice in)
{
	slice piece;

	while (in.n > 0) {
		slice_cut(in, ',', &piece, &in);
		if (n == 0 && slice_starts(piece, S("n=")))
			set_saslname(&a->user, slice_drop(piece, 2));
		else if (n == 1 && slice_starts(piece, S("p=")))
			set(&a->secret, slice_drop(piece, 2));
	}
}

static void
set_bearer(struct auth *a, slice piece)
{
	if (slice_istarts(piece, S("auth=Bearer")))
		set(&a->secret, slice_trim(slice_drop(piece, 11)));
}

/* Google's XOAUTH2: "user=…", "auth=Bearer …", each ended by ^A. */
static void
xoauth2(struct auth *a, unsigned n, slice in)
{
	slice piece;

	while (n == 0 && in.n > 0) {
		slice_cut(in, 1, &piece, &in);
		if (slice_istarts(piece, S("user=")))
			set(&a->user, slice_drop(piece, 5));
		set_bearer(a, piece);
	}
}

/* RFC 7628 3.1: a GS2 header with the name in "a=", then pairs ended by ^A. */
static void
oauthbearer(struct auth *a, unsigned n, slice in)
{
	slice gs2, piece;

	if (n > 0)
		return;
	slice_cut(in, 1, &gs2, &in);
	while (gs2.n > 0) {
		slice_cut(gs2, ',', &piece, &gs2);
		if (slice_starts(piece, S("a=")))
			set_saslname(&a->user, slice_drop(piece, 2));
	}
	while (in.n > 0) {
		slice_cut(in, 1, &piece, &in);
		set_bearer(a, piece);
	}
}

/* A security buffer of an NTLM message: length, room, offset, all little-endian (MS-NLMP 2.2.1.3). */
static slice
ntlm_field(slice in, size_t at)
{
	struct reader r = reader_of(slice_drop(in, at));
	uint16_t length = read_le16(&r);
	uint32_t offset;

	read_skip(&r, 2);
	offset = read_le32(&r);
	if (r.short_of || offset > in.n || length > in.n - offset)
		return SLICE_NONE;
	return slice_take(slice_drop(in, offset), length);
}

/* Two-byte little-endian characters; those beyond ASCII become a question mark's place in UTF-8. */
static void
add_utf16(struct buf *b, slice s)
{
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		unsigned c = s.p[i] | (unsigned)s.p[i + 1] << 8;

		if (c < 0x80)
			buf_add_byte(b, (uint8_t)c);
		else if (c < 0x800) {
			buf_add_byte(b, (uint8_t)(0xc0 | c >> 6));
			buf_add_byte(b, (uint8_t)(0x80 | (c & 0x3f)));
		} else if (c >= 0xd800 && c < 0xe000)
			buf_add(b, S("\xef\xbf\xbd"));
		else {
			buf_add_byte(b, (uint8_t)(0xe0 | c >> 12));
			buf_add_byte(b, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
			buf_add_byte(b, (uint8_t)(0x80 | (c & 0x3f)));
		}
	}
}

static void
add_ntlm_name(struct buf *b, slice s, bool unicode)
{
	if (unicode)
		add_utf16(b, s);
	else
		buf_add(b, s);
}

/* MS-NLMP 2.2.1.3: the AUTHENTICATE message names domain and user; the proof is its NT response. */
static void
ntlm(struct auth *a, unsigned n, slice in)
{
	enum { TYPE = 8, NT_RESPONSE = 20, DOMAIN = 28, USER = 36, FLAGS = 60, NEGOTIATE_UNICODE = 1 };
	struct reader type = reader_of(slice_drop(in, TYPE));
	struct reader flags = reader_of(slice_drop(in, FLAGS));
	slice domain = ntlm_field(in, DOMAIN), proof = ntlm_field(in, NT_RESPONSE);
	bool unicode;

	(void)n;
	if (!slice_starts(in, S("NTLMSSP\0")) || read_le32(&type) != 3)
		return;
	unicode = (read_le32(&flags) & NEGOTIATE_UNICODE) != 0;
	buf_wipe(&a->user);
	add_ntlm_name(&a->user, domain, unicode);
	if (domain.n > 0)
		buf_add_byte(&a->user, '\\');
	add_ntlm_name(&a->user, ntlm_field(in, USER), unicode);
	buf_wipe(&a->secret);
	for (size_t i = 0; i < proof.n; i++) {
		char hex[3];

		hex_encode((slice){ proof.p + i, 1 }, hex);
		buf_add(&a->secret, slice_of(hex));
	}
}

/* RFC 4422 A, RFC 4505: the answer is who the client wants to be, or a trace. */
static void
only_name(struct auth *a, unsigned n, slice in)
{
	if (n == 0)
		set(&a->user, in);
}

static void
opaque(struct auth *a, unsigned n, slice in)
{
	(void)a, (void)n, (void)in;
}

#define NAME(text) { (const uint8_t *)(text), sizeof(text) - 1 }

static const struct mechanism mechanisms[] = {
	{ NAME("PLAIN"), false, 1, plain },
	{ NAME("LOGIN"), false, 2, login },
	{ NAME("CRAM-MD5"), false, 1, cram_md5 },
	{ NAME("DIGEST-MD5"), false, 2, digest_md5 },
	{ NAME("SCRAM-"), true, 2, scram },
	{ NAME("XOAUTH2"), false, 1, xoauth2 },
	{ NAME("OAUTHBEARER"), false, 1, oauthbearer },
	{ NAME("NTLM"), false, 2, ntlm },
	{ NAME("GSSAPI"), false, 0, opaque },
	{ NAME("EXTERNAL"), false, 1, only_name },
	{ NAME("ANONYMOUS"), false, 1, only_name },
};

static const struct mechanism *
find_mechanism(slice name)
{
	for (size_t i = 0; i < sizeof mechanisms / sizeof mechanisms[0]; i++)
		if (mechanisms[i].prefix ? slice_istarts(name, mechanisms[i].name) : slice_ieq(name, mechanisms[i].name))
			return &mechanisms[i];
	return NULL;
}

struct auth *
auth_new(slice mechanism)
{
	struct auth *a = xcalloc(1, sizeof *a);

	buf_init(&a->mechanism, LIMIT_VERB);
	buf_init(&a->user, LIMIT_AUTH_RESPONSE);
	buf_init(&a->secret, LIMIT_AUTH_RESPONSE);
	buf_init(&a->sent, LIMIT_AUTH_RESPONSE);
	for (size_t i = 0; i < mechanism.n; i++)
		buf_add_byte(&a->mechanism, char_upper(mechanism.p[i]));
	a->known = find_mechanism(mechanism);
	return a;
}

void
auth_free(struct auth **ap)
{
	struct auth *a = *ap;

	if (a == NULL)
		return;
	buf_wipe(&a->user);
	buf_wipe(&a->secret);
	buf_wipe(&a->sent);
	buf_fini(&a->mechanism);
	buf_fini(&a->sent);
	buf_fini(&a->user);
	buf_fini(&a->secret);
	free(a);
	*ap = NULL;
}

void
auth_answer(struct auth *a, slice line)
{
	slice text = slice_trim(line);
	struct buf decoded;
	size_t n;

	a->cancelled = slice_eq(text, S("*"));
	if (slice_eq(text, S("=")))
		text = SLICE_NONE;
	if (a->cancelled)
		return;
	set(&a->sent, text);
	buf_init(&decoded, text.n / 4 * 3 + 3);
	buf_reserve(&decoded, text.n / 4 * 3 + 3);
	if (a->known != NULL && base64_decode(text, true, decoded.p, &n)) {
		decoded.n = n;
		a->known->answer(a, a->answers, buf_slice(&decoded));
	}
	a->answers++;
	buf_wipe(&decoded);
	buf_fini(&decoded);
}

bool
auth_is_through(const struct auth *a)
{
	return a->cancelled || (a->known != NULL && a->known->answers > 0 && a->answers >= a->known->answers);
}

static bool
contains(slice text, slice word)
{
	while (text.n >= word.n) {
		const uint8_t *p = memchr(text.p, word.p[0], text.n - word.n + 1);

		if (p == NULL)
			return false;
		text = slice_drop(text, (size_t)(p - text.p));
		if (memcmp(text.p, word.p, word.n) == 0)
			return true;
		text = slice_drop(text, 1);
	}
	return false;
}

/* Shorter ones stand in any text; the bound keeps the search linear. */
enum { SHORTEST = 4, LONGEST = 256 };

static bool
contains_secret(slice text, slice secret)
{
	return secret.n >= SHORTEST && contains(text, slice_take(secret, LONGEST));
}

bool
auth_leaks(const struct auth *a, slice text)
{
	slice secret = slice_take(buf_slice(&a->secret), LONGEST);
	char coded[BASE64_SIZE(LONGEST)];
	size_t n;
	bool leaks;

	if (contains_secret(text, secret) || contains_secret(text, buf_slice(&a->sent)))
		return true;
	n = base64_encode(secret, coded);
	leaks = contains_secret(text, (slice){ (const uint8_t *)coded, n });
	memset(coded, 0, sizeof coded);
	return leaks;
}
