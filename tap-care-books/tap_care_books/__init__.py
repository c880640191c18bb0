"""From a warehouse with data of Nedap Ons to the books: hours, mileage and invoices as journal entries."""
