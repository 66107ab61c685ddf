x: Union[str, None] = ("a" r"b", '''c''')
y = f"{d['k']:>{w}}"; z = \
  None
