dnl quota-milter for sendmail.mc, after the FEATUREs and before MAILER:
dnl
dnl     include(`/etc/mail/m4/quota-milter.m4')dnl
dnl
dnl sendmail asks the filters in the order of these lines: logger, quota, spam, virus.
dnl No F=: if it is away or fails, mail goes on without it.
INPUT_MAIL_FILTER(`quota-milter', `S=unix:/run/quota-milter/milter.sock, T=C:10s;S:10s;R:10s;E:1m')dnl
