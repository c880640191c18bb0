"""Bank account numbers of an invented Dutch bank."""

BANK = "SIMB"


def iban(number: int) -> str:
    """An IBAN with the right check digits."""
    account = f"{number % 10**10:010}"
    digits = "".join(str(int(character, 36)) for character in f"{BANK}{account}NL00")
    return f"NL{98 - int(digits) % 97:02}{BANK}{account}"
