"""Reports: what is said (`hetao.report.model`), and how it is drawn (page, workbook, csv)."""
