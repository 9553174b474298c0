#include "base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t
base64_encode(slice in, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < in.n; i += 3) {
		size_t left = in.n - i;
		uint32_t three = (uint32_t)in.p[i] << 16 | (left > 1 ? (uint32_t)in.p[i + 1] << 8 : 0)
		    | (left > 2 ? in.p[i + 2] : 0u);

		out[n++] = alphabet[three >> 18];
		out[n++] = alphabet[three >> 12 & 63];
		out[n++] = left > 1 ? alphabet[three >> 6 & 63] : '=';
		out[n++] = left > 2 ? alphabet[three & 63] : '=';
	}
	out[n] = '\0';
	return n;
}

static int
value_of(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static slice
without_padding(slice in)
{
	for (int i = 0; i < 2 && in.n > 0 && in.p[in.n - 1] == '='; i++)
		in.n--;
	return in;
}

bool
base64_decode(slice in, bool lax, uint8_t *out, size_t *n_r)
{
	slice text = without_padding(in);
	uint32_t bits = 0;
	unsigned have = 0;

	*n_r = 0;
	if (text.n % 4 == 1 || (in.n % 4 != 0 && !(lax && text.n == in.n)))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		int v = value_of(text.p[i]);

		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[(*n_r)++] = (uint8_t)(bits >> have);
		}
	}
	return true;
}
