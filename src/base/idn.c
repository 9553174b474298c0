#include "idn.h"

#ifdef HAVE_IDN2

#include <idn2.h>

enum { NAME_MAX_UTF8 = 4 * 255 };	/* no name of the DNS is longer (RFC 1035 2.3.4) */

bool
idn_to_ascii(slice host, struct buf *out)
{
	char name[NAME_MAX_UTF8 + 1], *ascii = NULL;
	bool good;

	if (host.n > NAME_MAX_UTF8 || (host.n > 0 && memchr(host.p, '\0', host.n) != NULL))
		return false;
	if (host.n > 0)
		memcpy(name, host.p, host.n);
	name[host.n] = '\0';
	/* What browsers do: UTS #46, "ß" is a letter of its own; then what they did before. */
	good = idn2_to_ascii_8z(name, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) == IDN2_OK
	    || idn2_to_ascii_8z(name, &ascii, IDN2_TRANSITIONAL | IDN2_NFC_INPUT) == IDN2_OK;
	if (good)
		buf_text(out, ascii);
	idn2_free(ascii);
	return good;
}

#else

bool
idn_to_ascii(slice host, struct buf *out)
{
	(void)host;
	(void)out;
	return false;
}

#endif
