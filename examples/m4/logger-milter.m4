dnl logger-milter for sendmail.mc, after the FEATUREs and before MAILER:
dnl
dnl     include(`/etc/mail/m4/logger-milter.m4')dnl
dnl
dnl sendmail asks the filters in the order of these lines: logger, quota, spam, virus.
dnl No F=: if it is away or fails, mail goes on without it.
INPUT_MAIL_FILTER(`logger-milter', `S=unix:/run/logger-milter/milter.sock, T=C:10s;S:10s;R:10s;E:1m')dnl
