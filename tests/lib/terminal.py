"""A terminal for tests: the program runs in a job under a pty, and what it writes is held against its terminal's entry."""
import fcntl, json, os, pty, re, select, signal, struct, subprocess, termios, time


class Terminal:
	"""The program as the foreground job of a session, as a shell would run it.

	Between us and the program there is a little shell: it owns the terminal, tells when the job stops or ends, and continues it.
	"""
	def __init__(self, argv, env, size=(80, 24), stdin=None, cwd=None):
		self.out, self.ended, self.stopped = b'', None, False
		self.master, slave = pty.openpty()
		self.resize(*size, tell=False)
		self.before = termios.tcgetattr(slave)
		told, tell = os.pipe()
		go, push = os.pipe()
		self.shell = os.fork()
		if self.shell == 0:
			try:
				os.close(self.master), os.close(told), os.close(push)
				self._be_shell(slave, argv, env, stdin, cwd, tell, go)
			finally:
				os._exit(99)
		os.close(slave), os.close(tell), os.close(go)
		self.told, self.push, self.news = told, push, b''
		self.pid = self.wait_news('pid')

	@staticmethod
	def _be_shell(tty, argv, env, stdin, cwd, tell, go):
		os.setsid()
		fcntl.ioctl(tty, termios.TIOCSCTTY, 0)
		signal.signal(signal.SIGTTOU, signal.SIG_IGN)
		signal.signal(signal.SIGHUP, signal.SIG_IGN)
		job = os.fork()
		if job == 0:
			os.setpgid(0, 0)
			os.tcsetpgrp(tty, os.getpid())
			signal.signal(signal.SIGTTOU, signal.SIG_DFL)
			signal.signal(signal.SIGHUP, signal.SIG_DFL)
			signal.signal(signal.SIGPIPE, signal.SIG_DFL)
			for fd in (0, 1, 2):
				os.dup2(tty, fd)
			if stdin is not None:
				os.dup2(stdin, 0)
			if cwd:
				os.chdir(cwd)
			os.closerange(3, 256)
			os.execve(argv[0], argv, env)
		say = lambda *what: os.write(tell, json.dumps(what).encode() + b'\n')
		try:
			os.setpgid(job, job)
		except OSError:
			pass
		say('pid', job)
		while True:
			_, status = os.waitpid(job, os.WUNTRACED)
			if not os.WIFSTOPPED(status):
				break
			if os.WSTOPSIG(status) != signal.SIGSTOP:
				os.tcsetpgrp(tty, os.getpid())
			say('stopped', os.WSTOPSIG(status))
			os.read(go, 1)
			os.tcsetpgrp(tty, job)
			os.killpg(job, signal.SIGCONT)
		say('ended', os.waitstatus_to_exitcode(status))
		os.read(go, 1)          # the terminal is looked at while somebody still has it open
		os._exit(0)

	def _take_news(self):
		self.news += os.read(self.told, 4096)
		while b'\n' in self.news:
			line, self.news = self.news.split(b'\n', 1)
			what, value = json.loads(line)
			if what == 'pid':
				self.pid = value
			elif what == 'stopped':
				self.stopped = True
			else:
				self.ended = value

	def wait_news(self, what, seconds=20):
		end = time.monotonic() + seconds
		while time.monotonic() < end:
			self.read(0.02)
			if what == 'pid' and hasattr(self, 'pid'):
				return self.pid
			if what == 'stopped' and self.stopped or self.ended is not None:
				return True
		return False

	def read(self, seconds):
		"""What comes within so many seconds."""
		end, got = time.monotonic() + seconds, b''
		fds = [self.master, self.told]
		while True:
			ready, _, _ = select.select(fds, [], [], max(0, end - time.monotonic()))
			if not ready:
				break
			if self.told in ready:
				self._take_news()
				if self.ended is not None:
					fds = [self.master]
			if self.master in ready:
				try:
					got += os.read(self.master, 65536)
				except OSError:
					break
			if time.monotonic() >= end:
				break
		self.out += got
		return got

	def quiet(self, still=0.2, seconds=20):
		"""What comes until nothing came for a while."""
		end, got = time.monotonic() + seconds, b''
		while time.monotonic() < end:
			more = self.read(still)
			got += more
			if not more:
				break
		return got

	def until(self, want, seconds=20, since=0):
		"""Reads until the bytes were written, behind the first `since`; False: they were not."""
		end = time.monotonic() + seconds
		while want not in self.out[since:] and time.monotonic() < end and self.ended is None:
			self.read(0.02)
		return want in self.out[since:]

	def answer(self, keys, seconds=20):
		"""What is written first after the keys."""
		os.write(self.master, keys)
		end, got = time.monotonic() + seconds, b''
		while not got and time.monotonic() < end and self.ended is None:
			got = self.read(0.02)
		return got

	def keys(self, keys, still=0.1):
		os.write(self.master, keys)
		return self.quiet(still)

	def send(self, number):
		"""A signal; by then the program may have ended."""
		try:
			os.kill(self.pid, number)
		except ProcessLookupError:
			pass

	def resize(self, width, height, tell=True):
		fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack('HHHH', height, width, 0, 0))

	def modes(self):
		return termios.tcgetattr(self.master)

	def is_restored(self):
		return self.modes() == self.before

	def wait_stop(self):
		return self.wait_news('stopped') and self.stopped

	def go_on(self):
		self.stopped = False
		os.write(self.push, b'g')

	def wait_end(self, seconds=20):
		"""The exit status (negative: the signal), or None: it goes on."""
		self.wait_news('ended', seconds)
		return self.ended

	def close(self):
		"""Whatever is left is killed, by its number."""
		if self.ended is None:
			self.send(signal.SIGKILL)
			self.wait_end(5)
		os.write(self.push, b'xx')
		os.close(self.master)
		os.waitpid(self.shell, 0)
		os.close(self.told), os.close(self.push)


class Entry:
	"""All that a terminal's entry in terminfo defines to be written, as patterns."""
	def __init__(self, term):
		text = subprocess.run(['infocmp', '-1', '-x', term], capture_output=True, check=True).stdout.decode('latin-1')
		self.patterns = []
		if '\tkmous=' in text and '\tXM=' not in text:         # what ncurses takes a mouse for, of which no more is told
			self.patterns.append(re.compile(rb'\x1b\[\?1000[hl]'))
		for line in text.splitlines():
			found = re.match(r'\t(\w+)=(.*),$', line)
			# Not what the terminal sends: keys, answers, marks of a paste. Nor is the table of line characters a sequence.
			if not found or re.match('k|acsc$|u[0-9]$|xm$|xr$|rv$|P[SE]$', found.group(1)):
				continue
			pattern = self.pattern(self.unescape(found.group(2)))
			if pattern.startswith('.'):     # a character again and again: it is text that was there before
				pattern = pattern[1:]
			if pattern:
				self.patterns.append(re.compile(pattern.encode('latin-1'), re.S))

	@staticmethod
	def unescape(text):
		def one(found):
			what = found.group(0)
			if what[0] == '^':
				return '\x7f' if what[1] == '?' else chr(ord(what[1]) & 31)
			simple = {'E': '\x1b', 'e': '\x1b', 'n': '\n', 'l': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f', 's': ' ', '0': '\x80'}
			if re.match(r'\\[0-7]{3}', what):
				return chr(int(what[1:], 8))
			return simple.get(what[1], what[1])
		return re.sub(r'\\[0-7]{3}|\\.|\^.', one, re.sub(r'\$<[^>]*>', '', text), flags=re.S)

	def pattern(self, text):
		"""A capability with its parameters (terminfo(5)) as a regular expression."""
		self.rest = text
		return self.sequence('')

	def sequence(self, stop):
		out = ''
		while self.rest:
			if self.rest[0] != '%':
				out += re.escape(self.rest[0])
				self.rest = self.rest[1:]
				continue
			op = self.rest[1:2]
			if op and op in stop:
				return out
			found = (re.match(r'%p\d|%[Pg][A-Za-z]|%\{\d+\}|%\'.\'|%[-+*/mAO&|^=<>!~il]', self.rest, re.S)
			    or re.match(r'%:?[-+# ]*[\d.]*[doxXsc]', self.rest))
			if self.rest.startswith('%?'):
				self.rest = self.rest[2:]
				out += self.choice()
			elif self.rest.startswith('%%'):
				out += '%'
				self.rest = self.rest[2:]
			elif found:
				last = found.group(0)[-1]
				if re.match(r'%:?[-+# ]*[\d.]*[doxXsc]$', found.group(0)):
					out += {'d': r'-?\d+', 'o': '[0-7]+', 'x': '[0-9a-f]+', 'X': '[0-9A-F]+', 's': r'[^\x1b]*?', 'c': '.'}[last]
				self.rest = self.rest[found.end():]
			else:
				raise ValueError('what is %r?' % self.rest)
		return out

	def choice(self):
		"""Behind %?: condition %t then [%e else-condition %t then]... [%e else] %;"""
		ways, has_else = [], False
		while True:
			first = self.sequence('te;')
			if self.rest.startswith('%t'):
				self.rest = self.rest[2:]
				ways.append(first + self.sequence('e;'))
			else:
				ways.append(first)
				has_else = True
			if self.rest.startswith('%e'):
				self.rest = self.rest[2:]
				continue
			self.rest = self.rest[2:]
			return '(?:' + '|'.join(ways + ([] if has_else else [''])) + ')'

	def faults(self, out):
		"""Pieces of the output that are neither text nor a sequence of this terminal."""
		wrong, at = [], 0
		while at < len(out):
			text = re.compile(rb'[ -~]+|(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+').match(out, at)
			if text:
				try:
					letters = text.group(0).decode()
				except UnicodeDecodeError:
					letters = '\x80'
				bad = re.search('[\x80-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]', letters)
				if bad:
					wrong.append(out[max(0, at - 10):at + 20])
				at = text.end()
				continue
			ends = [found.end() for found in (p.match(out, at) for p in self.patterns) if found and found.end() > at]
			if not ends:
				wrong.append(out[max(0, at - 10):at + 20])
				at += 1
				continue
			at = max(ends)
		return wrong


BAD = r'\x1b[2J\x1b]0;owned\x07\x9b31m\xe2\x80\xae\xff\x0e\x1b(0'
HOSTILE = r'''# every place where a sender has a say
S: 220 mx BAD ESMTP
C: EHLO BAD
S: 250-mx BAD
S: 250 BAD
C: MAIL FROM:<BAD@example.org> BAD=BAD
S: 250 BAD
C: RCPT TO:<"BAD"@example.net>
S: 550 5.1.1 BAD
C: RCPT TO:<BAD@example.net>
S: 250 ok
C: DATA
S: 354 go
C {
From: "BAD" <BAD@example.org>
To: BAD
Received: from BAD by BAD with BAD id BAD; BAD
Subject: BAD =?UTF-8?B?G1sySgcbXTA7b3duZWQH?= BAD
BAD: BAD
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/html; charset="BAD"

<p>BAD <a href="http://BAD.example/BAD">BAD</a> &#27;[31m &#x9b;31m &#x202e; &#7;
--b
Content-Type: application/BAD; name="BAD"
Content-Disposition: attachment; filename*=UTF-8''%1B%5B2J%07%E2%80%AE%C2%9B31m.exe

BAD
--b--
.
}
S: 250 queued as BAD
C: BAD
S: 500 BAD
C: QUIT
S: 221 BAD
'''.replace('BAD', BAD)


def hostile_talk(talk, folder):
	"""A capture of all that, in the folder."""
	path = os.path.join(folder, 'hostile')
	with open(path + '.talk', 'w') as f:
		f.write(HOSTILE)
	subprocess.run([talk, path + '.talk', '-o', path + '.pcap'], check=True)
	return path + '.pcap'
