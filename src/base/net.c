#include "net.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "crypto.h"
#include "digits.h"

const char *
addr_text(const struct addr *a, char buf[ADDR_TEXT])
{
	char *at = buf;

	if (a->family == 4) {			/* there are one or two in every record: not by printf, as inet_ntop() does it */
		for (int i = 0; i < 4; i++) {
			at = digits_put(at, a->ip[i], 1);
			*at++ = '.';
		}
		at[-1] = '\0';
	} else if (a->family == 0 || inet_ntop(AF_INET6, a->ip, buf, ADDR_TEXT) == NULL) {
		memcpy(buf, "?", 2);
	}
	return buf;
}

const char *
endpoint_text(const struct endpoint *e, char buf[ENDPOINT_TEXT])
{
	char addr[ADDR_TEXT];

	snprintf(buf, ENDPOINT_TEXT, e->addr.family == 6 ? "[%s]:%u" : "%s:%u", addr_text(&e->addr, addr), e->port);
	return buf;
}

bool
addr_eq(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

bool
addr_parse(slice text, struct addr *addr_r)
{
	char z[ADDR_TEXT];

	*addr_r = (struct addr){ 0 };
	if (text.n == 0 || text.n >= sizeof z || memchr(text.p, '\0', text.n) != NULL)
		return false;
	memcpy(z, text.p, text.n);
	z[text.n] = '\0';
	if (inet_pton(AF_INET, z, addr_r->ip) == 1)
		addr_r->family = 4;
	else if (inet_pton(AF_INET6, z, addr_r->ip) == 1)
		addr_r->family = 6;
	return addr_r->family != 0;
}

/* The order of the two ends does not matter: the smaller one, by address and then port, comes first. */
const char *
community_id(const struct endpoint *a, const struct endpoint *b, char buf[COMMUNITY_ID_TEXT])
{
	enum { TCP = 6 };
	size_t width = a->addr.family == 6 ? 16 : 4, n = 0;
	uint8_t in[2 + 16 + 16 + 2 + 4], digest[SHA1_SIZE];
	int order = memcmp(a->addr.ip, b->addr.ip, width);

	if (order > 0 || (order == 0 && a->port > b->port)) {
		const struct endpoint *swap = a;

		a = b;
		b = swap;
	}
	in[n++] = 0;				/* the seed, 16 bits */
	in[n++] = 0;
	memcpy(in + n, a->addr.ip, width);
	n += width;
	memcpy(in + n, b->addr.ip, width);
	n += width;
	in[n++] = TCP;
	in[n++] = 0;				/* padding */
	in[n++] = (uint8_t)(a->port >> 8);
	in[n++] = (uint8_t)a->port;
	in[n++] = (uint8_t)(b->port >> 8);
	in[n++] = (uint8_t)b->port;
	crypto_sha1((slice){ in, n }, digest);
	memcpy(buf, "1:", 2);
	base64_encode((slice){ digest, sizeof digest }, buf + 2);
	return buf;
}

const char *
overlap_name(enum overlap o)
{
	static const char *const name[] = { "linux", "first", "last", "bsd", "solaris" };

	return name[o];
}
