"""A capture of 150 sessions with attachments, some of them interrupted, and what may be left of a run that read it."""
import os, random
import live


def capture(path):
	"""Mail with attachments, some of it interrupted."""
	dice, talk = random.Random(9), ['mss 1400']
	for n in range(150):
		talk += ['session s%d' % n, 'S: 220 mx.example', 'C: EHLO client.example', 'S: 250 mx.example', 'C: MAIL FROM:<from%d@example.org>' % n, 'S: 250 ok',
		    'C: RCPT TO:<to@example.net>', 'S: 250 ok', 'C: DATA', 'S: 354 go', 'C {', 'From: from%d@example.org' % n, 'Subject: number %d' % n, 'MIME-Version: 1.0',
		    'Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: application/octet-stream; name="a%d.bin"' % n, '', '}',
		    'C repeat %d: \\i %s' % (dice.randint(1, 900), 'x' * 66), 'C: --b--']
		if n % 10:
			talk += ['C: .', 'S: 250 queued', 'C: QUIT', 'S: 221 bye']
	os.rename(live.talk(talk, os.path.dirname(path)), path)


def files(folder):
	"""What there is under final names: path, and digest. A record of the memory that was taken is left out."""
	found = {}
	for where, _, names in os.walk(folder):
		for name in names:
			if not name.startswith('.'):
				path = os.path.join(where, name)
				found[os.path.relpath(path, folder)] = live.digest(path, rb'"memory_peak":\d+')
	return found


def judge(folder, want):
	for name, digest in files(folder).items():
		if os.path.basename(name) == 'manifest.jsonl':
			told = live.records(os.path.join(folder, name))
			for r in told:
				if r['type'] == 'file':
					live.same(r['sha256'], want[os.path.join(os.path.dirname(name), r['file'])], name + ' of ' + r['file'])
		else:
			live.check(name in want, 'nobody knows ' + name)
			live.same(digest, want[name], name)
